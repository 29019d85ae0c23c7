import { isCoded } from "@neurond/primitives";
import type { Runtime } from "../codec/runtime.ts";
import { asBytes, asNumber, asRecord, asVariant } from "../codec/value.ts";
import type { ChainCode } from "../errors.ts";
import type { Refusal, RefusalCode } from "../submission.ts";

/** Pool guards, `Custom error: n`; the numbers are part of the chain's transaction extension. */
const GUARDS: Readonly<Record<number, readonly [name: string, code: RefusalCode]>> = {
  0: ["ColdkeyInSwapSchedule", "KEY_LOCKED"],
  1: ["StakeAmountTooLow", "STAKE_TOO_LOW"],
  2: ["BalanceTooLow", "BALANCE_TOO_LOW"],
  3: ["SubnetNotExists", "SUBNET_MISSING"],
  4: ["HotkeyAccountDoesntExist", "NOT_REGISTERED"],
  5: ["NotEnoughStakeToWithdraw", "STAKE_TOO_LOW"],
  6: ["RateLimitExceeded", "RATE_LIMITED"],
  7: ["InsufficientLiquidity", "AMOUNT_INVALID"],
  8: ["SlippageTooHigh", "AMOUNT_INVALID"],
  9: ["TransferDisallowed", "FORBIDDEN"],
  10: ["HotKeyNotRegisteredInNetwork", "NOT_REGISTERED"],
  11: ["InvalidIpAddress", "ADDRESS_INVALID"],
  12: ["ServingRateLimitExceeded", "RATE_LIMITED"],
  13: ["InvalidPort", "ADDRESS_INVALID"],
  14: ["ZeroMaxAmount", "AMOUNT_INVALID"],
  15: ["InvalidRevealRound", "REVEAL_ROUND"],
  16: ["CommitNotFound", "COMMIT_MISSING"],
  17: ["CommitBlockNotInRevealRange", "REVEAL_WINDOW"],
  18: ["InputLengthsUnequal", "WEIGHTS_INVALID"],
  19: ["UidNotFound", "NOT_REGISTERED"],
  20: ["EvmKeyAssociateRateLimitExceeded", "RATE_LIMITED"],
  21: ["ColdkeySwapDisputed", "KEY_LOCKED"],
  22: ["InvalidRealAccount", "FORBIDDEN"],
  23: ["FailedShieldedTxParsing", "OTHER"],
  24: ["InvalidShieldedTxPubKeyHash", "OTHER"],
  25: ["NonAssociatedColdKey", "OWNERSHIP"],
  26: ["DelegateTakeTooLow", "AMOUNT_INVALID"],
  27: ["DelegateTakeTooHigh", "AMOUNT_INVALID"],
  255: ["BadRequest", "OTHER"],
};

/** Module errors by name: their numbers move between runtimes, their names do not. */
const MODULE_ERRORS: Readonly<Record<string, RefusalCode>> = {
  SettingWeightsTooFast: "RATE_LIMITED",
  CommittingWeightsTooFast: "RATE_LIMITED",
  ServingRateLimitExceeded: "RATE_LIMITED",
  NetworkTxRateLimitExceeded: "RATE_LIMITED",
  TxRateLimitExceeded: "RATE_LIMITED",
  HotKeyNotRegisteredInSubNet: "NOT_REGISTERED",
  HotKeyNotRegisteredInNetwork: "NOT_REGISTERED",
  HotKeyAccountNotExists: "NOT_REGISTERED",
  AccountNotAllowedCommit: "NOT_REGISTERED",
  HotKeyAlreadyRegisteredInSubNet: "ALREADY_REGISTERED",
  SubNetRegistrationDisabled: "REGISTRATION_CLOSED",
  RegistrationNotPermittedOnRootSubnet: "REGISTRATION_CLOSED",
  NoNeuronIdAvailable: "REGISTRATION_CLOSED",
  RegistrationPriceLimitExceeded: "AMOUNT_INVALID",
  SubnetNotExists: "SUBNET_MISSING",
  SubnetDoesNotExist: "SUBNET_MISSING",
  RootNetworkDoesNotExist: "SUBNET_MISSING",
  MechanismDoesNotExist: "MECHANISM_MISSING",
  NotEnoughStakeToSetWeights: "STAKE_TOO_LOW",
  NotEnoughStakeToWithdraw: "STAKE_TOO_LOW",
  StakeUnavailable: "STAKE_TOO_LOW",
  NotEnoughBalanceToStake: "BALANCE_TOO_LOW",
  CannotAffordLockCost: "BALANCE_TOO_LOW",
  InsufficientBalance: "BALANCE_TOO_LOW",
  Expendability: "BALANCE_TOO_LOW",
  AmountTooLow: "AMOUNT_INVALID",
  InsufficientLiquidity: "AMOUNT_INVALID",
  SlippageTooHigh: "AMOUNT_INVALID",
  SubtokenDisabled: "FORBIDDEN",
  NeuronNoValidatorPermit: "PERMIT_MISSING",
  CommitRevealEnabled: "COMMIT_REVEAL_ON",
  CommitRevealDisabled: "COMMIT_REVEAL_OFF",
  NoWeightsCommitFound: "COMMIT_MISSING",
  InvalidRevealCommitHashNotMatch: "COMMIT_MISSING",
  ExpiredWeightCommit: "COMMIT_EXPIRED",
  TooManyUnrevealedCommits: "COMMIT_LIMIT",
  RevealTooEarly: "REVEAL_WINDOW",
  InvalidRevealRound: "REVEAL_ROUND",
  IncorrectWeightVersionKey: "VERSION_OUTDATED",
  IncorrectCommitRevealVersion: "VERSION_OUTDATED",
  WeightVecNotEqualSize: "WEIGHTS_INVALID",
  InputLengthsUnequal: "WEIGHTS_INVALID",
  DuplicateUids: "WEIGHTS_INVALID",
  UidVecContainInvalidOne: "WEIGHTS_INVALID",
  UidsLengthExceedUidsInSubNet: "WEIGHTS_INVALID",
  WeightVecLengthIsLow: "WEIGHTS_INVALID",
  MaxWeightExceeded: "WEIGHTS_INVALID",
  CanNotSetRootNetworkWeights: "WEIGHTS_INVALID",
  InvalidIpType: "ADDRESS_INVALID",
  InvalidIpAddress: "ADDRESS_INVALID",
  InvalidPort: "ADDRESS_INVALID",
  SpaceLimitExceeded: "SPACE_EXHAUSTED",
  TooManyFieldsInCommitmentInfo: "SPACE_EXHAUSTED",
  AdminActionProhibitedDuringWeightsWindow: "ADMIN_WINDOW",
  NonAssociatedColdKey: "OWNERSHIP",
  NotSubnetOwner: "OWNERSHIP",
  CannotUseSystemAccount: "OWNERSHIP",
  ColdkeySwapAnnounced: "KEY_LOCKED",
  ColdkeySwapDisputed: "KEY_LOCKED",
  RequireSudo: "FORBIDDEN",
  CallFiltered: "FORBIDDEN",
  BadOrigin: "FORBIDDEN",
};

/** The pool's own words, where it has no number. */
const POOL_TEXTS: readonly (readonly [RegExp, string, RefusalCode])[] = [
  [/outdated/i, "Stale", "NONCE_CONFLICT"],
  [/valid in the future/i, "Future", "NONCE_CONFLICT"],
  [/priority is too low/i, "PriorityTooLow", "NONCE_CONFLICT"],
  [/temporarily banned/i, "TemporarilyBanned", "NONCE_CONFLICT"],
  [/bad signature/i, "BadProof", "SIGNATURE_INVALID"],
  [/ancient birth block/i, "AncientBirthBlock", "EXTRINSIC_OUTDATED"],
  [/pay some fees/i, "Payment", "BALANCE_TOO_LOW"],
  [/exhaust the block limits/i, "ExhaustsResources", "POOL_FULL"],
  [/immediately dropped/i, "ImmediatelyDropped", "POOL_FULL"],
  [/invalid signing address|bad ?signer/i, "BadSigner", "FORBIDDEN"],
];

/** A refusal found in state before anything was sent, under the name the chain would give. */
export function refusedByState(name: string, code = MODULE_ERRORS[name] ?? "OTHER"): Refusal {
  return { code, name, where: "state" };
}

/** The refusal in a node's answer to `author_submitExtrinsic`; undefined if it is another failure. */
export function refusedByPool(error: unknown): Refusal | undefined {
  if (!isCoded<ChainCode>(error, "RPC_REFUSED")) return undefined;
  const { rpcMessage, rpcData } = error.context;
  const text = `${rpcMessage ?? ""} ${rpcData ?? ""}`.trim();
  const guard = GUARDS[Number(/Custom error: (\d+)/.exec(text)?.[1] ?? Number.NaN)];
  if (guard !== undefined) return { name: guard[0], code: guard[1], where: "pool" };
  const known = POOL_TEXTS.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return { name: known[1], code: known[2], where: "pool" };
  return { name: text, code: "OTHER", where: "pool" };
}

/** The refusal in a `DispatchError` of a block, named by that block's metadata. */
export function refusedByDispatch(runtime: Runtime, dispatchError: unknown): Refusal {
  const { kind, value } = asVariant(dispatchError);
  if (kind !== "Module") {
    const detail = isVariant(value) ? `${kind}.${asVariant(value).kind}` : kind;
    const funds = /^Token\.(FundsUnavailable|BelowMinimum|NotExpendable)$/.test(detail);
    const code = funds ? "BALANCE_TOO_LOW" : (MODULE_ERRORS[detail] ?? "OTHER");
    return { name: detail, code, where: "block" };
  }
  const { index, error } = asRecord(value);
  const number = asBytes(error)[0] ?? 0;
  const known = runtime.moduleError(asNumber(index), number);
  if (known === undefined)
    return { name: `Module ${index}.${number}`, code: "OTHER", where: "block" };
  const { name, docs } = known;
  return {
    name,
    code: MODULE_ERRORS[name] ?? "OTHER",
    where: "block",
    ...(docs === "" ? {} : { docs }),
  };
}

function isVariant(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value;
}
