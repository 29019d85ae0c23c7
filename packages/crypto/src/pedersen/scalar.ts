import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";

/** Bytes of every scalar, most significant first, in both suites. */
export const SCALAR_BYTES = 32;

/** The bytes of a scalar; it must be below 2^256 and not negative. */
export function encodeScalar(scalar: bigint): Uint8Array {
  return numberToBytesBE(scalar, SCALAR_BYTES);
}

/** Reads 32 bytes; null unless they are a scalar below `order`, for each has one encoding only. */
export function decodeScalar(bytes: Uint8Array, order: bigint): bigint | null {
  if (bytes.length !== SCALAR_BYTES) return null;
  const scalar = bytesToNumberBE(bytes);
  return scalar < order ? scalar : null;
}

/** Hash output as a scalar. Take 64 bytes: fewer leave a bias that can be told from none. */
export function reduceToScalar(bytes: Uint8Array, order: bigint): bigint {
  return bytesToNumberBE(bytes) % order;
}
