import { type Hotkey, toUid, type U16Weight, type Uid } from "@neurond/primitives";
import { largestOf, sumOf } from "./fixed.ts";

/** How scores become u16: by the largest and rounded, or by the sum and cut off. */
export type VectorRule = "max_round" | "sum_floor";

const MAX_U16 = 65_535n;

/**
 * The vector for the chain, ascending by uid, zeros dropped, of those who have a uid. `max_round` gives
 * the largest 65535 and rounds half away from zero; `sum_floor` loses whoever has less than 1/65535.
 */
export function vectorOf(
  scores: ReadonlyMap<Hotkey, bigint>,
  uids: ReadonlyMap<Hotkey, Uid>,
  rule: VectorRule = "max_round",
): readonly U16Weight[] {
  const entries = [...scores].flatMap(([hotkey, score]) => {
    const uid = uids.get(hotkey);
    return uid === undefined ? [] : [{ uid, score }];
  });
  const values = entries.map(({ score }) => score);
  const whole = rule === "sum_floor" ? sumOf(values) : largestOf(values);
  if (whole <= 0n) return [];
  // Scores are never negative, so half away from zero is half up.
  const scaled = (score: bigint) =>
    rule === "sum_floor"
      ? (score * MAX_U16) / whole
      : (2n * score * MAX_U16 + whole) / (2n * whole);
  return entries
    .map(({ uid, score }) => ({ uid, value: Number(scaled(score)) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => a.uid - b.uid);
}

/** A vector with an entry for every uid below `size`, as calls that want zeros take it. */
export function fullVector(weights: readonly U16Weight[], size: number): readonly U16Weight[] {
  const values = new Map(weights.map(({ uid, value }) => [uid, value]));
  return Array.from({ length: size }, (_, index) => {
    const uid = toUid(index);
    return { uid, value: values.get(uid) ?? 0 };
  });
}
