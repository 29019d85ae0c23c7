import { RFC6962, type TreeHasher } from "@neurond/crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** The prefix of RFC 6962's leaves, and what keeps a receipt from being read as a leaf of another log. */
export const RECEIPT_LEAF = "\0neurond/receipt/v1\n";

/** The tree of a ledger of receipts: that of RFC 6962. */
export const RECEIPT_TREE: TreeHasher = RFC6962;

/** The leaf of a receipt's text in the ledger's tree. */
export function receiptLeaf(text: string): Uint8Array {
  return sha256(utf8ToBytes(RECEIPT_LEAF + text));
}
