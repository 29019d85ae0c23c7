import { verifyInclusion } from "@neurond/crypto";
import { z } from "zod";
import { bytesOf, field } from "../fields.ts";
import type { ReceiptRecord } from "../receipt-record.ts";
import { ASKABLE_HASHER, type Askable, encodeAskable } from "./askable.ts";
import type { AskableHead } from "./askable-document.ts";

/** Where a task's shard stands in its slot's list, with the path that shows it. */
export const Place = z.strictObject({
  index: field.u32,
  path: z.array(field.hash).max(32),
});
export type Place = z.infer<typeof Place>;

/** Whether a shard is at a place of a list. */
export function isAt(askable: Askable, { index, path }: Place, { count, root }: AskableHead) {
  return verifyInclusion(ASKABLE_HASHER, {
    leafHash: ASKABLE_HASHER.leaf(encodeAskable(askable)),
    index,
    size: count,
    root,
    proof: path.map(bytesOf),
  });
}

/** The entry of a receipt's shard. */
export function entryOfReceipt({ shard_id, root, size }: ReceiptRecord) {
  return { shardId: bytesOf(shard_id), root: bytesOf(root), size };
}
