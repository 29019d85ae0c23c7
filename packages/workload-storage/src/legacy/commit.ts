import { p256 } from "@noble/curves/nist.js";
import { hashData } from "./hash-data.ts";
import type { LegacyPoint } from "./point-text.ts";

/** The generators of one message: fresh for each, made by whoever asks, who knew their logarithms. */
export interface LegacyGenerators {
  readonly g: LegacyPoint;
  readonly h: LegacyPoint;
}

/** hash_data(message) * g + randomness * h; neither scalar is reduced on the wire. */
export function legacyCommit(
  { g, h }: LegacyGenerators,
  message: Uint8Array,
  randomness: bigint,
): LegacyPoint {
  const times = (point: LegacyPoint, scalar: bigint) =>
    point.multiplyUnsafe(scalar % p256.Point.Fn.ORDER);
  return times(g, hashData(message)).add(times(h, randomness));
}
