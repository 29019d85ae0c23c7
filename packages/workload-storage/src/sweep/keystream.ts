import { ctr } from "@noble/ciphers/aes.js";

/** `length` bytes of the AES-256-CTR keystream of `key`, from byte `from` on. */
export type KeystreamAt = (key: Uint8Array, from: number, length: number) => Uint8Array;

const BLOCK_BYTES = 16;

/**
 * The stream in pure code; a runtime's own cipher is many times faster and gives the same bytes.
 * Counters are reached at once, so that nobody generates what comes before.
 */
export const keystreamAt: KeystreamAt = (key, from, length) => {
  const skipped = from % BLOCK_BYTES;
  const zeros = new Uint8Array(skipped + length);
  return ctr(key, counterAt(from)).encrypt(zeros).subarray(skipped);
};

/** The counter block at which byte `from` of a stream lies, big-endian. */
export function counterAt(from: number): Uint8Array {
  const counter = new Uint8Array(BLOCK_BYTES);
  new DataView(counter.buffer).setBigUint64(8, BigInt(Math.floor(from / BLOCK_BYTES)));
  return counter;
}
