import { framedHash, u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { type KeystreamAt, keystreamAt } from "./keystream.ts";
import { COEFFICIENT_BYTES } from "./rows.ts";

/**
 * The key of a challenge's coefficients. Absent shards are in it, or a miner could look for shards
 * whose absence cancels out.
 */
export function coefficientKey(seed: Uint8Array, absent: readonly number[]): Uint8Array {
  return framedHash("sweep/coef", seed, u32(absent.length), concatBytes(...absent.map(u32)));
}

/** Coefficients of rows `from` up to `from + rows`, 9 bytes each, little-endian. */
export function coefficientsAt(
  key: Uint8Array,
  { from, rows }: { readonly from: number; readonly rows: number },
  stream: KeystreamAt = keystreamAt,
): Uint8Array {
  return stream(key, from * COEFFICIENT_BYTES, rows * COEFFICIENT_BYTES);
}
