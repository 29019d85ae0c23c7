/** The prime of sweeps, 2^127 - 1: sums of products reduce by adding what lies above. */
export const P = (1n << 127n) - 1n;

/** Bytes of an element, little-endian. */
export const ELEMENT_BYTES = 16;

/** The little-endian number in some bytes. */
export function readNumber(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let byte = at + length - 1; byte >= at; byte -= 1) {
    value = (value << 8n) | BigInt(bytes[byte] ?? 0);
  }
  return value;
}

/** Reads 127 bits as an element: the top bit is left out and 2^127 - 1 is zero. For keystreams. */
export function readReduced(bytes: Uint8Array, at: number): bigint {
  const value = low127(bytes, at);
  return value === P ? 0n : value;
}

/** Reads a canonical element; null when it is not below the prime. */
export function readElement(bytes: Uint8Array, at: number): bigint | null {
  const value = low127(bytes, at);
  return value === P || (bytes[at + ELEMENT_BYTES - 1] ?? 0) > 127 ? null : value;
}

/** Writes an element below the prime. */
export function writeElement(bytes: Uint8Array, at: number, value: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setBigUint64(at + 8, value >> 64n, true);
}

function low127(bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const high = BigInt.asUintN(63, view.getBigUint64(at + 8, true));
  return (high << 64n) | view.getBigUint64(at, true);
}
