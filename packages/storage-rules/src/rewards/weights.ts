import { type Hotkey, toU16Weights, type U16Weight, type Uid } from "@neurond/primitives";
import { least } from "./fixed.ts";
import type { Scores } from "./scores.ts";

/** How scores below zero are treated (`--neuron.weights_rule`). */
export const WEIGHTS_RULES = ["clamp", "v2"] as const;
export type WeightsRule = (typeof WEIGHTS_RULES)[number];

/**
 * The vector for the chain: scores in proportion, the highest 65535; empty when nobody has any.
 * `clamp` counts a score below zero as zero. `v2` also lifts all the others by the lowest score, as
 * release 2 does, which flattens the differences between them. Uids are those of one fresh metagraph.
 */
export function weightsOf(
  scores: Scores,
  uids: ReadonlyMap<Hotkey, Uid>,
  rule: WeightsRule = "clamp",
): readonly U16Weight[] {
  const present = [...uids].map(([hotkey, uid]) => [uid, BigInt(scores.get(hotkey) ?? 0)] as const);
  const lowest = least(
    present.map(([, score]) => score),
    0n,
  );
  const lift = rule === "v2" ? -lowest : 0n;
  return toU16Weights(
    new Map(present.map(([uid, score]) => [uid, score < 0n ? 0n : score + lift])),
  );
}

/** Whether weights are due: `--neuron.set_weights_epoch_length` blocks after the last ones. */
export function areWeightsDue(block: number, lastBlock: number | null, everyBlocks = 200): boolean {
  return lastBlock === null || block - lastBlock >= everyBlocks;
}
