import { fromHex, type Hex } from "@neurond/primitives";
import type { ApiView } from "../frame/pallet.ts";
import type {
  InvalidTransaction,
  TransactionValidity,
  ValidTransaction,
} from "../frame/validity.ts";
import { isSudo } from "../pallets/sudo.ts";
import { MAX_EXTRINSIC_BYTES } from "../pallets/system/constants.ts";
import { account as accounts, blockHash } from "../pallets/system/storage.ts";
import { canPay } from "../pallets/transaction-payment.ts";
import { u32 } from "../scale/primitives.ts";
import { concat } from "./bytes.ts";
import { birthOf, deathOf } from "./era.ts";
import type { Executable } from "./executable.ts";
import type { BareExtrinsic, Extrinsic, SignedExtrinsic } from "./extrinsic.ts";
import { isInherent, priceOf } from "./price.ts";
import { isSignedFor } from "./signing.ts";

/** Every call of a user has the same priority, whatever its tip. */
const NORMAL_PRIORITY = 1n;
const FOREVER = 2n ** 64n - 1n;
const ZERO_ACCOUNT: Hex = `0x${"00".repeat(32)}`;

type Refusal = Extract<TransactionValidity, { tag: "Err" }>;

const invalid = (value: InvalidTransaction): Refusal => ({
  tag: "Err",
  value: [{ tag: "Invalid", value }],
});
const refuse = (tag: Exclude<InvalidTransaction["tag"], "Custom">) =>
  invalid({ tag, value: undefined });
const unknown = (tag: "CannotLookup" | "NoUnsignedValidator"): Refusal => ({
  tag: "Err",
  value: [{ tag: "Unknown", value: { tag, value: undefined } }],
});
const valid = (transaction: ValidTransaction): TransactionValidity => ({
  tag: "Ok",
  value: [transaction],
});

/** An extrinsic to judge. `proven` spares the signature check when it was made before. */
export interface Candidate {
  readonly extrinsic: Extrinsic;
  /** Encoded bytes with the length prefix. */
  readonly length: number;
  readonly proven?: boolean;
}

/**
 * Whether an extrinsic could stand in a block of the view's height, where `view.hash` is that
 * block's parent: the runtime's checks in the runtime's order, so that the first answer is the one
 * a node gives. A nonce that is too high is valid here and waits for its `requires`.
 */
export function validate(
  executable: Executable,
  view: ApiView,
  candidate: Candidate,
): TransactionValidity {
  const { extrinsic, length } = candidate;
  if (extrinsic.kind === "bare") return validateBare(executable, view, extrinsic);
  if (extrinsic.address.tag !== "Id") return unknown("CannotLookup");
  const account = extrinsic.address.value;
  const proof = candidate.proven ? undefined : checkProof(executable, view, extrinsic, account);
  return (
    proof ??
    checkLifetime(view, extrinsic) ??
    checkExtensions(executable, view, extrinsic, account, length) ??
    valid(tagsOf(view, extrinsic, account))
  );
}

function birthHash(view: ApiView, { extra }: SignedExtrinsic): Hex | undefined {
  const birth = birthOf(extra.era, view.block);
  if (birth === view.block - 1) return view.hash;
  return blockHash.has(view.state, birth) ? blockHash.get(view.state, birth) : undefined;
}

const checkLifetime = (view: ApiView, extrinsic: SignedExtrinsic) =>
  birthHash(view, extrinsic) ? undefined : refuse("AncientBirthBlock");

function checkProof(
  { runtime }: Executable,
  view: ApiView,
  extrinsic: SignedExtrinsic,
  account: Hex,
): Refusal | undefined {
  const birth = birthHash(view, extrinsic);
  if (!birth) return refuse("AncientBirthBlock");
  // A signed metadata hash cannot be compared: this chain publishes none.
  if (extrinsic.extra.metadataHash) return unknown("CannotLookup");
  const { specVersion, transactionVersion } = runtime.version;
  const genesis = view.block === 1 ? view.hash : blockHash.get(view.state, 0);
  const implicit = { specVersion, transactionVersion, genesis, birth };
  return isSignedFor(extrinsic, account, implicit) ? undefined : refuse("BadProof");
}

function checkExtensions(
  executable: Executable,
  view: ApiView,
  extrinsic: SignedExtrinsic,
  account: Hex,
  length: number,
): Refusal | undefined {
  if (account === ZERO_ACCOUNT) return refuse("BadSigner");
  const { call, extra } = extrinsic;
  const { info, fee } = priceOf(executable, extrinsic, length);
  const paysFee = info.pays_fee.tag === "Yes";
  const { nonce, providers, sufficients } = accounts.get(view.state, account);
  if (paysFee && providers === 0 && sufficients === 0) return refuse("Payment");
  if (extra.nonce < nonce) return refuse("Stale");
  if (length > MAX_EXTRINSIC_BYTES) return refuse("ExhaustsResources");
  if (!canPay(view.state, account, fee.total + (paysFee ? extra.tip : 0n)))
    return refuse("Payment");
  if (isForeignSudo(executable, view, account, call.pallet)) return refuse("BadSigner");
  const refusal = executable.guard(view, account, call);
  return refusal && invalid({ tag: "Custom", value: refusal.custom });
}

/** Sudo calls of anybody but the key never reach the pool. */
function isForeignSudo(
  { runtime }: Executable,
  view: ApiView,
  account: Hex,
  pallet: number,
): boolean {
  const called = runtime.pallets.find(({ index }) => index === pallet);
  return called?.name === "Sudo" && !isSudo(view.state, account);
}

function tagsOf(view: ApiView, { extra }: SignedExtrinsic, account: Hex): ValidTransaction {
  const tag = (nonce: number) => concat(fromHex(account), u32.codec.enc(nonce));
  const { nonce } = accounts.get(view.state, account);
  const death = deathOf(extra.era, view.block);
  return {
    priority: NORMAL_PRIORITY,
    requires: extra.nonce > nonce ? [tag(extra.nonce - 1)] : [],
    provides: [tag(extra.nonce)],
    longevity: death === Number.MAX_SAFE_INTEGER ? FOREVER : BigInt(death - view.block),
    propagate: true,
  };
}

/** Inherents come from the block's author only; other unsigned calls are judged by their pallet. */
function validateBare(
  executable: Executable,
  view: ApiView,
  { call, callBytes }: BareExtrinsic,
): TransactionValidity {
  if (isInherent(executable, call.pallet)) return refuse("MandatoryValidation");
  const pallet = executable.runtime.pallets.find(({ index }) => index === call.pallet);
  if (!pallet?.validateUnsigned) return unknown("NoUnsignedValidator");
  const reason = pallet.validateUnsigned(view, call);
  if (reason) return invalid(reason);
  return valid({
    priority: pallet.unsignedPriority?.(call) ?? NORMAL_PRIORITY,
    requires: [],
    provides: [callBytes],
    longevity: FOREVER,
    propagate: true,
  });
}
