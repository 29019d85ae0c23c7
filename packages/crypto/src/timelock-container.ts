import { CodedError } from "@neurond/primitives";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { CryptoCode } from "./errors.ts";
import { encodeU64 } from "./scale.ts";

const LENGTH_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SUITE = utf8ToBytes("AES_GCM_");
/** U (96), V and W (32 each) with their lengths, then the lengths of body and ciphertext. */
const SEALED_OFFSET = 192;
/** Nonce and suite with their lengths. */
const TRAILER_BYTES = 36;

/** The fields of a timelocked ciphertext as the tle crate of ideal-lab5 lays them out. */
export interface TimelockContainer {
  /** r·G2, compressed, 96 bytes. */
  readonly u: Uint8Array;
  /** sigma under the pairing's hash, 32 bytes. */
  readonly v: Uint8Array;
  /** The AES key under sigma's hash, 32 bytes. */
  readonly w: Uint8Array;
  /** AES-256-GCM ciphertext and its tag. */
  readonly sealed: Uint8Array;
  /** GCM nonce, 12 bytes. */
  readonly nonce: Uint8Array;
}

/** Writes a container; every length is a u64, little-endian. */
export function encodeContainer({ u, v, w, sealed, nonce }: TimelockContainer): Uint8Array {
  const body = concatBytes(framed(sealed), framed(nonce));
  return concatBytes(u, framed(v), framed(w), framed(body), framed(SUITE));
}

/** Reads a container of exactly this layout; anything else is `TIMELOCK_MALFORMED`. */
export function decodeContainer(bytes: Uint8Array): TimelockContainer {
  const sealedEnd = bytes.length - TRAILER_BYTES;
  if (sealedEnd < SEALED_OFFSET + TAG_BYTES) {
    throw malformed(`${bytes.length} bytes are fewer than an empty one takes`);
  }
  const container = {
    u: bytes.slice(0, 96),
    v: bytes.slice(104, 136),
    w: bytes.slice(144, 176),
    sealed: bytes.slice(SEALED_OFFSET, sealedEnd),
    nonce: bytes.slice(sealedEnd + LENGTH_BYTES, sealedEnd + LENGTH_BYTES + NONCE_BYTES),
  };
  // The total length decides every length field, so writing the fields again checks the frame.
  const expected = encodeContainer(container);
  const offset = bytes.findIndex((byte, index) => byte !== expected[index]);
  if (offset >= 0) throw malformed(`the byte at offset ${offset} is not as the layout demands`);
  return container;
}

function framed(bytes: Uint8Array): Uint8Array {
  return concatBytes(encodeU64(BigInt(bytes.length)), bytes);
}

function malformed(reason: string): CodedError<CryptoCode> {
  return new CodedError("TIMELOCK_MALFORMED", `not a timelock container: ${reason}`);
}
