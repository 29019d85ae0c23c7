import { type Verify, verifyInclusion } from "@neurond/crypto";
import { fromHex, type Hotkey } from "@neurond/primitives";
import { z } from "zod";
import { Checkpoint, isCheckpointOf } from "./checkpoint.ts";
import { decodeReceipt, type Receipt } from "./receipt.ts";
import { RECEIPT_TREE, receiptLeaf } from "./tree.ts";

/** One receipt with what proves that it stands in the ledger: a signed receipt. */
export const ProvenReceipt = z.strictObject({
  /** Exactly as it was hashed. */
  receipt: z.string(),
  index: z.int().min(0),
  checkpoint: Checkpoint,
  /** From the leaf up (RFC 9162 section 2.1.3). */
  proof: z.array(z.string().regex(/^0x[0-9a-f]{64}$/)).max(53),
});
export type ProvenReceipt = z.infer<typeof ProvenReceipt>;

/** The receipt that `hotkey` signed for; null when it did not, or something was changed. */
export function verifyReceipt(value: unknown, hotkey: Hotkey, verify: Verify): Receipt | null {
  const parsed = ProvenReceipt.safeParse(value);
  if (!parsed.success) return null;
  const { receipt: text, index, checkpoint, proof } = parsed.data;
  const isIn = verifyInclusion(RECEIPT_TREE, {
    leafHash: receiptLeaf(text),
    index,
    size: checkpoint.size,
    root: fromHex(checkpoint.root),
    proof: proof.map(fromHex),
  });
  return isIn && isCheckpointOf(checkpoint, hotkey, verify) ? decodeReceipt(text) : null;
}
