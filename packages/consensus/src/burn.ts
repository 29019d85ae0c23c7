import { toUid, type Uid } from "@neurond/primitives";

/** The subnet owner's place, where unassigned weight goes. */
export const BURN_UID: Uid = toUid(0);

/**
 * Gives what is left of `whole` to uid 0. The chain scales any vector to a sum of one: without this,
 * half of the weight to one miner would become all of it.
 */
export function addBurn(assigned: ReadonlyMap<Uid, bigint>, whole: bigint): Map<Uid, bigint> {
  let left = whole;
  for (const share of assigned.values()) left -= share;
  const weights = new Map(assigned);
  if (left > 0n) weights.set(BURN_UID, (weights.get(BURN_UID) ?? 0n) + left);
  return weights;
}
