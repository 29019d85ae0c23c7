import { bls12_381 } from "@noble/curves/bls12-381.js";

const { G1, G2 } = bls12_381;

/** A point of the group that drand signatures are in. */
export type G1Point = ReturnType<typeof G1.Point.fromBytes>;
/** A point of the group that drand public keys are in. */
export type G2Point = ReturnType<typeof G2.Point.fromBytes>;

/** Reads 48 compressed bytes; undefined unless they are a point of the prime-order group. */
export function readG1(bytes: Uint8Array): G1Point | undefined {
  return usable(() => G1.Point.fromBytes(bytes));
}

/** Reads 96 compressed bytes; undefined unless they are a point of the prime-order group. */
export function readG2(bytes: Uint8Array): G2Point | undefined {
  return usable(() => G2.Point.fromBytes(bytes));
}

/** Pairings are undefined at infinity, so that point is as unusable as a malformed one. */
function usable<Point extends G1Point | G2Point>(decode: () => Point): Point | undefined {
  try {
    const point = decode();
    return point.is0() ? undefined : point;
  } catch {
    return undefined;
  }
}
