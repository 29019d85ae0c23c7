import { type Hotkey, hotkeyOf, toMecid, type Uid } from "@neurond/primitives";
import { asBigint, asHotkey, asList, asNumber } from "../codec/value.ts";
import type { Signer } from "../options.ts";
import { readInheritedStake } from "../reads/inherited-stake.ts";
import { readRegistration } from "../reads/registration.ts";
import { readMechanismCount, subnetExists } from "../reads/subnets.ts";
import { indexOf } from "../reads/weights.ts";
import type { State } from "../state.ts";
import type { Refusal } from "../submission.ts";
import type { Weight, WeightsVector } from "../weights.ts";
import { refusedByState } from "./refusal.ts";

const SM = "SubtensorModule";
const U16_MAX = 65_535;

/** A signer found to hold a uid, and how long its weights window stays shut. */
export interface Standing {
  readonly hotkey: Hotkey;
  readonly uid: Uid;
  readonly index: number;
  readonly blocksLeft: number;
}

/**
 * Whether the signer may set (`openly`) or commit weights on the mechanism at all; the chain's own
 * order of refusals, so that ours and its agree.
 */
export async function checkStanding(
  state: State,
  signer: Signer,
  id: Pick<WeightsVector, "netuid" | "mecid">,
  { openly }: { readonly openly: boolean },
): Promise<Standing | Refusal> {
  const { netuid, mecid = toMecid(0) } = id;
  const hotkey = hotkeyOf(signer.publicKey);
  if (!(await subnetExists(state, netuid)))
    return refusedByState("MechanismDoesNotExist", "SUBNET_MISSING");
  if (mecid >= (await readMechanismCount(state, netuid)))
    return refusedByState("MechanismDoesNotExist");
  const registration = await readRegistration(state, { netuid, hotkey });
  if (registration.kind === "unregistered") return refusedByState("HotKeyNotRegisteredInSubNet");
  const { uid } = registration;
  const index = indexOf({ netuid, mecid });
  const [commitReveal, threshold, ownerHotkey] = await state.many([
    [SM, "CommitRevealWeightsEnabled", netuid],
    [SM, "StakeThreshold"],
    [SM, "SubnetOwnerHotkey", netuid],
  ]);
  const minimum = asBigint(threshold ?? 0n);
  if (minimum > 0n && ownerHotkey !== hotkey) {
    const [stake] = await readInheritedStake(state, netuid, [hotkey]);
    if ((stake?.total ?? 0n) < minimum) return refusedByState("NotEnoughStakeToSetWeights");
  }
  if (openly && commitReveal === true) return refusedByState("CommitRevealEnabled");
  if (!openly && commitReveal !== true) return refusedByState("CommitRevealDisabled");
  const blocksLeft = await weightsBlocksLeft(state, netuid, index, uid);
  return { hotkey, uid, index, blocksLeft };
}

/** Blocks until the next block may carry weights or a commit of this uid. */
export async function weightsBlocksLeft(
  state: State,
  netuid: number,
  index: number,
  uid: number,
): Promise<number> {
  const [updates, limit] = await state.many([
    [SM, "LastUpdate", index],
    [SM, "WeightsSetRateLimit", netuid],
  ]);
  const last = asNumber(asList(updates)[uid] ?? 0);
  if (last === 0) return 0;
  return Math.max(0, last + asNumber(limit) - (state.block.number + 1));
}

/** Whether the chain takes this row from this uid; also asked again at a reveal. */
export async function checkRow(
  state: State,
  { uid, hotkey }: Pick<Standing, "uid" | "hotkey">,
  { netuid, weights, versionKey = 0n }: WeightsVector,
): Promise<Refusal | undefined> {
  if (netuid === 0) return refusedByState("CanNotSetRootNetworkWeights");
  const [size, version, permits, minimum, ownerHotkey, limit] = await state.many([
    [SM, "SubnetworkN", netuid],
    [SM, "WeightsVersionKey", netuid],
    [SM, "ValidatorPermit", netuid],
    [SM, "MinAllowedWeights", netuid],
    [SM, "SubnetOwnerHotkey", netuid],
    [SM, "MaxWeightsLimit", netuid],
  ]);
  const count = asNumber(size);
  const ownWeight = weights.length === 1 && weights[0]?.uid === uid;
  if (weights.length > count) return refusedByState("UidsLengthExceedUidsInSubNet");
  if (asBigint(version) !== 0n && versionKey < asBigint(version)) {
    return refusedByState("IncorrectWeightVersionKey");
  }
  const permitted = asList(permits)[uid] === true || isOwner(ownerHotkey, hotkey);
  if (!ownWeight && !permitted) return refusedByState("NeuronNoValidatorPermit");
  if (new Set(weights.map((weight) => weight.uid)).size < weights.length) {
    return refusedByState("DuplicateUids");
  }
  if (weights.some((weight) => weight.uid >= count))
    return refusedByState("UidVecContainInvalidOne");
  if (!ownWeight && weights.length < Math.min(asNumber(minimum), count)) {
    return refusedByState("WeightVecLengthIsLow");
  }
  if (!ownWeight && exceeds(weights, asNumber(limit ?? U16_MAX))) {
    return refusedByState("MaxWeightExceeded");
  }
  return undefined;
}

function isOwner(stored: unknown, hotkey: Hotkey): boolean {
  return stored !== undefined && asHotkey(stored) === hotkey;
}

/** Whether the largest weight is more than its allowed share of the row. */
function exceeds(weights: readonly Weight[], limit: number): boolean {
  if (limit >= U16_MAX) return false;
  const values = weights.map(({ value }) => value);
  const sum = values.reduce((a, b) => a + b, 0);
  return sum > 0 && Math.max(...values) * U16_MAX > limit * sum;
}
