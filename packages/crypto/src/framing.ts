import { CodedError } from "@neurond/primitives";
import { ctr } from "@noble/ciphers/aes.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { u64 } from "./big-endian.ts";
import type { CryptoCode } from "./errors.ts";

const PREFIX = "filetao/2/";
const LABEL = /^[\x21-\x7e]{1,245}$/;
const U64 = 2n ** 64n;

/**
 * What every hash of the storage protocol begins with: the length of the prefixed label, then the
 * prefixed label. No two uses of a hash share an input, because no label is another's beginning.
 */
export function frame(label: string): Uint8Array {
  if (!LABEL.test(label)) {
    throw invalid(`a label is 1 to 245 printable ASCII characters, not ${JSON.stringify(label)}`);
  }
  const text = PREFIX + label;
  return Uint8Array.from([text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))]);
}

/** SHA-256 over frame and parts. Parts have fixed widths or bring their length, or inputs collide. */
export function framedHash(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(frame(label), ...parts));
}

/** SHA-512 over frame and parts; see `framedHash`. */
export function framedHash512(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha512(concatBytes(frame(label), ...parts));
}

/** A key for one purpose: HMAC-SHA-256 under `key` over frame and parts. */
export function deriveKey(
  key: Uint8Array,
  label: string,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return hmac(sha256, key, concatBytes(frame(label), ...parts));
}

/** 64 bytes for one purpose, such as a scalar; see `deriveKey`. */
export function deriveKey512(
  key: Uint8Array,
  label: string,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return hmac(sha512, key, concatBytes(frame(label), ...parts));
}

/**
 * The first `length` bytes of the AES-256-CTR keystream from counter zero. The counter never starts
 * again under a key, so a key that made one stream makes no other.
 */
export function keystream(key: Uint8Array, length: number): Uint8Array {
  if (key.length !== 32) throw invalid(`a keystream needs a key of 32 bytes, not ${key.length}`);
  return ctr(key, new Uint8Array(16)).encrypt(new Uint8Array(length));
}

/** A stream of unbiased numbers: the same label and seed give the same numbers in the same order. */
export class Draw {
  readonly #label: string;
  readonly #seed: Uint8Array;
  #counter = 0n;

  constructor(label: string, seed: Uint8Array) {
    this.#label = label;
    this.#seed = Uint8Array.from(seed);
  }

  /** The next number in [0, bound); bounds reach 2^64. Values past the last multiple are skipped. */
  next(bound: bigint): bigint {
    if (bound < 1n || bound > U64) throw invalid(`no number can be drawn below ${bound}`);
    const limit = U64 - (U64 % bound);
    for (;;) {
      const digest = framedHash(this.#label, concatBytes(this.#seed, u64(this.#counter)));
      this.#counter += 1n;
      const view = new DataView(digest.buffer, digest.byteOffset);
      const value = view.getBigUint64(0);
      if (value < limit) return value % bound;
    }
  }
}

function invalid(message: string): CodedError<CryptoCode> {
  return new CodedError("VALUE_OUT_OF_RANGE", message);
}
