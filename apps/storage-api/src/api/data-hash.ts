import { createHash } from "node:crypto";

const CID_RAW_SHA256 = Buffer.from([0x01, 0x55, 0x12, 0x20]);
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** How the wire routes name files: the decimal SHA3-256 of the seed, or a CID of its second version. */
export function dataHash(bytes: Uint8Array, kind: "data_hash" | "cid"): string {
  if (kind === "data_hash") {
    return BigInt(`0x${createHash("sha3-256").update(bytes).digest("hex")}`).toString();
  }
  const digest = createHash("sha256").update(bytes).digest();
  return `b${base32(Buffer.concat([CID_RAW_SHA256, digest]))}`;
}

/** RFC 4648 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let [text, bits, held] = ["", 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31];
}
