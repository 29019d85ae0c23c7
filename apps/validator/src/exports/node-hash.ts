import { hash } from "node:crypto";
import { type TreeHasher, treeHasher } from "@neurond/crypto";
import { entryNamespace } from "@neurond/exports";

// The runtime's own hashes: the same values as the pure ones, several times faster on millions of rows.

/** SHA-256. */
export const sha256 = (bytes: Uint8Array | string): Uint8Array => hash("sha256", bytes, "buffer");

/** The hasher of RFC 6962 trees. */
export const NATIVE_TREE: TreeHasher = treeHasher(0x00, 0x01, sha256);

const PREFIX = "\0";

/** The hash of a leaf whose content is this text. */
export const leafHashOf = (content: string): Uint8Array => sha256(PREFIX + content);

const NAMESPACE = entryNamespace();
const MAX_NAME_BYTES = 1_024;
const named = Buffer.alloc(NAMESPACE.length + MAX_NAME_BYTES);
named.set(NAMESPACE);
const VARIANTS = "89ab";

/** UUIDv5 of a name of plain characters in the namespace of exports. */
export function nativeUuid(name: string): string {
  const length = NAMESPACE.length + named.write(name, NAMESPACE.length, "latin1");
  const hex = hash("sha1", named.subarray(0, length), "hex");
  const variant = VARIANTS[Number.parseInt(hex[16] ?? "0", 16) & 3] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
