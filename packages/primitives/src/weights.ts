import { CodedError, type PrimitivesCode } from "./errors.ts";
import type { Uid } from "./ids.ts";
import { divideHalfEven } from "./units.ts";

/** One entry of a weight vector as `set_weights` takes it; `value` is u16. */
export interface U16Weight {
  readonly uid: Uid;
  readonly value: number;
}

const MAX_U16 = 65_535n;

/**
 * Scales scores so that the largest becomes 65535, rounding half to even, as the Python SDK does.
 * Entries that round to zero are dropped; the rest ascend by uid. All zero gives an empty vector.
 */
export function toU16Weights(scores: ReadonlyMap<Uid, bigint>): readonly U16Weight[] {
  let max = 0n;
  for (const [uid, score] of scores) {
    if (score < 0n) {
      throw new CodedError<PrimitivesCode>(
        "WEIGHT_NEGATIVE",
        `score ${score} of uid ${uid} is negative: a weight cannot be`,
        { uid },
      );
    }
    if (score > max) max = score;
  }
  if (max === 0n) return [];
  return [...scores]
    .map(([uid, score]) => ({ uid, value: Number(divideHalfEven(score * MAX_U16, max)) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => a.uid - b.uid);
}
