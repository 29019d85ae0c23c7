import type { Verify } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import { compareBytes, type Entry } from "./entry.ts";
import type { Entries } from "./entry-list.ts";
import type { StorageReason } from "./errors.ts";
import type { Parties } from "./parties.ts";
import { isReceiptSigned, type SignedReceipt } from "./receipt.ts";

/** A shard about which inventory and receipts disagree. */
export interface InventoryFinding {
  readonly reason: Extract<StorageReason, "RECEIPT_MISSING" | "INVENTORY_OMITS">;
  readonly shardId: Uint8Array;
}

/** A published inventory and everything that should back it. */
export interface InventoryRecord extends Parties {
  readonly entries: Entries;
  readonly receipts: readonly SignedReceipt[];
  /** Shards whose deletion both sides recorded. */
  readonly deleted: readonly Uint8Array[];
  /** The block at which the inventory was signed. */
  readonly block: number;
}

/**
 * Compares an inventory with its receipts, both ways. An entry without receipt does not count
 * against the miner; a receipt without entry is a loss the validator hides.
 */
export function auditInventory(
  record: InventoryRecord,
  verify: Verify,
): readonly InventoryFinding[] {
  const promised = new Map<string, Entry>();
  const deleted = new Set(record.deleted.map(toHex));
  for (const signed of record.receipts) {
    const { receipt } = signed;
    const ours = (["netuid", "validator", "miner"] as const).every(
      (field) => receipt[field] === record[field],
    );
    const running = receipt.storedBlock <= record.block && record.block < receipt.expiresBlock;
    const id = toHex(receipt.shardId);
    if (!ours || !running || deleted.has(id) || !isReceiptSigned(signed, verify)) continue;
    promised.set(id, receipt);
  }
  const findings: InventoryFinding[] = [];
  for (const entry of record.entries) {
    const id = toHex(entry.shardId);
    const receipt = promised.get(id);
    promised.delete(id);
    if (receipt === undefined || !isSameShard(receipt, entry)) {
      findings.push({ reason: "RECEIPT_MISSING", shardId: entry.shardId });
    }
  }
  for (const { shardId } of promised.values())
    findings.push({ reason: "INVENTORY_OMITS", shardId });
  return findings;
}

function isSameShard(a: Entry, b: Entry): boolean {
  return a.size === b.size && compareBytes(a.root, b.root) === 0;
}
