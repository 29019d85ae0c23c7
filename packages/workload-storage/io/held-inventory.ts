import type { Hotkey } from "@neurond/primitives";
import { compareBytes, type Entry, type SignedReceipt } from "@neurond/workload-storage";

/** The entries a validator's inventory should have, by a miner's own receipts, at a block. */
export function heldEntries(
  receipts: readonly SignedReceipt[],
  validator: Hotkey,
  block: number,
): readonly Entry[] {
  return receipts
    .map(({ receipt }) => receipt)
    .filter((receipt) => receipt.validator === validator)
    .filter(({ storedBlock, expiresBlock }) => storedBlock <= block && block < expiresBlock)
    .map(({ shardId, root, size }) => ({ shardId, root, size }))
    .sort((a, b) => compareBytes(a.shardId, b.shardId));
}
