import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** CIDv1, codec raw, multihash SHA-256 of 32 bytes. */
const CID_PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20);

/** The field's `hash_data`: SHA3-256 as a decimal number; of a text, its UTF-8 bytes. */
export function hashData(content: Uint8Array | string): string {
  const bytes = typeof content === "string" ? utf8ToBytes(content) : content;
  return BigInt(`0x${bytesToHex(sha3_256(bytes))}`).toString();
}

/** The CIDv1 of bytes as one raw block, as IPFS writes it: base32 after a `b`. */
export function cidOf(bytes: Uint8Array): string {
  return `b${base32(concatBytes(CID_PREFIX, sha256(bytes)))}`;
}

/** RFC 4648 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let [text, held, bits] = ["", 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32.charAt((held << (5 - bits)) & 31) : text;
}
