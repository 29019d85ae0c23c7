import { type Hotkey, toUid, type U16Weight, type Uid } from "@neurond/primitives";
import { type Atto, largestOf, sumOf } from "./fixed.ts";

/** How shares become u16: by the largest and rounded, or by the sum and cut off. */
export type VectorRule = "max_round" | "sum_floor";

const MAX_U16 = 65_535n;

/**
 * The vector for the chain, ascending by uid, zeros dropped. `max_round` gives the largest 65535 and
 * rounds half away from zero; `sum_floor` loses whoever has less than 1/65535. Both in integers.
 */
export function vectorOf(
  shares: ReadonlyMap<Hotkey, Atto>,
  uids: ReadonlyMap<Hotkey, Uid>,
  rule: VectorRule = "max_round",
): readonly U16Weight[] {
  const values = [...shares.values()];
  const whole = rule === "sum_floor" ? sumOf(values) : largestOf(values);
  if (whole <= 0n) return [];
  return [...shares]
    .flatMap(([hotkey, share]) => {
      const uid = uids.get(hotkey);
      const scaled =
        rule === "sum_floor"
          ? (share * MAX_U16) / whole
          : (2n * share * MAX_U16 + whole) / (2n * whole);
      return uid === undefined || scaled <= 0n ? [] : [{ uid, value: Number(scaled) }];
    })
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
