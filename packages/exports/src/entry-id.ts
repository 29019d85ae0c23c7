import { fromHex, toHex } from "@neurond/primitives";
import { sha1 } from "@noble/hashes/legacy.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** The namespace `OID` of RFC 9562 appendix A. */
const OID_NAMESPACE = fromHex("0x6ba7b8129dad11d180b400c04fd430c8");

/** The namespace of ids in listings, 16 bytes: `OID` of RFC 9562 appendix A. */
export function entryNamespace(): Uint8Array {
  return OID_NAMESPACE.slice();
}

/** The id that a listing gives an entry: UUIDv5 of `hotkey.block` in the namespace of OIDs. */
export function entryId(hotkey: string, block: number): string {
  return uuidV5(OID_NAMESPACE, `${hotkey}.${block}`);
}

/** A name-based UUID (RFC 9562 section 5.5). `namespace` is 16 bytes. */
export function uuidV5(namespace: Uint8Array, name: string): string {
  const bytes = sha1(concatBytes(namespace, utf8ToBytes(name))).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes).slice(2);
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => hex.slice(cuts[index], end))
    .join("-");
}
