import { HEAP_BASE, loadSha256Kernel, SHA256_CONSTANTS } from "@neurond/kernels";
import { sha256 } from "@noble/hashes/sha2.js";

/** Messages of one length, one after the other; what is hashed of each begins with the prefix. */
export interface ShortMessages {
  readonly prefix: number;
  readonly bytes: Uint8Array;
  /** Up to `MAX_LENGTH`. */
  readonly length: number;
}

/** Writes the SHA-256 of each message, to places `STRIDE` bytes apart; what lies between may change. */
export type HashShort = (messages: ShortMessages, into: Uint8Array) => void;

/** Bytes from one digest to the next: a node of an inventory has its sum behind its hash. */
export const STRIDE = 40;
/** Two nodes. */
const MAX_LENGTH = 80;
/** Fewer are hashed before an instance of the kernel is there. */
const WORTHWHILE = 128;

/** What hashes so many messages soonest: four at once where there is SIMD. */
export function hashShort(count: number): HashShort {
  return (count < WORTHWHILE ? null : kernelHashShort()) ?? plainHashShort;
}

/** One message after the other: what the kernel must equal. */
export const plainHashShort: HashShort = ({ prefix, bytes, length }, into) => {
  const preimage = new Uint8Array(1 + length);
  preimage[0] = prefix;
  for (let at = 0; at * length < bytes.length; at += 1) {
    preimage.set(bytes.subarray(at * length, (at + 1) * length), 1);
    into.set(sha256(preimage), at * STRIDE);
  }
};

/** Messages that the kernel is given at a time. */
const BATCH = 1024;
const SCRATCH_BYTES = 1536;

function kernelHashShort(): HashShort | null {
  const messages = HEAP_BASE;
  const outputs = messages + BATCH * MAX_LENGTH;
  const scratch = outputs + BATCH * STRIDE;
  const constants = scratch + SCRATCH_BYTES;
  const kernel = loadSha256Kernel(constants + SHA256_CONSTANTS.byteLength - HEAP_BASE);
  if (kernel === null) return null;
  const memory = new Uint8Array(kernel.memory.buffer);
  new Uint32Array(kernel.memory.buffer, constants).set(SHA256_CONSTANTS);
  return ({ prefix, bytes, length }, into) => {
    const batchBytes = BATCH * length;
    for (let at = 0; at * batchBytes < bytes.length; at += 1) {
      const part = bytes.subarray(at * batchBytes, (at + 1) * batchBytes);
      const count = part.length / length;
      memory.set(part, messages);
      const { hashShort: hash } = kernel.functions;
      hash(prefix, messages, count, length, outputs, STRIDE, constants, scratch);
      into.set(memory.subarray(outputs, outputs + count * STRIDE), at * BATCH * STRIDE);
    }
  };
}
