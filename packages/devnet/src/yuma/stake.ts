import { type I32F32, normalize } from "./fixed.ts";

/** An I64F64 of the runtime as its raw bits, `value · 2^64`. */
export type I64F64 = bigint;

const U64_MAX = (1n << 64n) - 1n;

/**
 * Stake weight of a neuron: `alpha + tao · w`, both in rao, where `w` is the stored `TaoWeight` over
 * 2^64 − 1. The pallet keeps `w` in 32 fractional bits before it multiplies.
 */
export function stakeWeight(alpha: bigint, tao: bigint, taoWeight: bigint): I64F64 {
  const weight = ((taoWeight << 32n) / U64_MAX) << 32n;
  return (alpha << 64n) + tao * weight;
}

/**
 * Step 2: stake below the threshold counts as none, except the owner's, and the rest is normalised.
 *
 * The runtime divides in 64 fractional bits and then drops 32; one division to 32 bits is the same.
 */
export function normalizedStake(
  stake: readonly I64F64[],
  stakeThreshold: bigint,
  ownerUid: number | undefined,
): Float64Array {
  const counted = stake.map((bits, uid) =>
    uid === ownerUid || bits >> 64n >= stakeThreshold ? bits : 0n,
  );
  const total = counted.reduce((a, b) => a + b, 0n);
  return Float64Array.from(
    counted,
    (bits): I32F32 => (bits === 0n ? 0 : Number((bits << 32n) / total)),
  );
}

/** Step 4: the stake which votes, that of active validators with a permit, normalised among them. */
export function activeStake(
  stake: Float64Array,
  active: readonly boolean[],
  permits: readonly boolean[],
): Float64Array {
  return normalize(stake.map((value, uid) => (active[uid] && permits[uid] ? value : 0)));
}
