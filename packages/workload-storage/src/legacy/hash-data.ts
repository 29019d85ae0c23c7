import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { numberFromBytes } from "../integers.ts";

/** `hash_data` of the original system: SHA3-256 as an integer, written in decimal wherever it is a key. */
export function hashData(bytes: Uint8Array): bigint {
  return numberFromBytes(sha3_256(bytes));
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** CIDv1, codec raw, multihash SHA-256 of 32 bytes. */
const CID_PREFIX = [0x01, 0x55, 0x12, 0x20];

/** The id of a file since its second version: CIDv1 of what the client sent, in base32. */
export function legacyFileId(bytes: Uint8Array): string {
  const cid = [...CID_PREFIX, ...sha256(bytes)];
  let text = "b";
  for (let bit = 0; bit < cid.length * 8; bit += 5) {
    const at = Math.floor(bit / 8);
    const pair = ((cid[at] ?? 0) << 8) | (cid[at + 1] ?? 0);
    text += BASE32[(pair >> (11 - (bit % 8))) & 31];
  }
  return text;
}
