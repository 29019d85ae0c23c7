import { framedHash, u32, u64, type Verify } from "@neurond/crypto";
import { publicKeyOf } from "@neurond/primitives";
import type { InventoryTree } from "./inventory-tree.ts";
import { encodeParties, type Parties } from "./parties.ts";

/**
 * What a validator states a miner holds for it in a run. The validator signs its digest before the
 * run's beacon; the miner's consent is its signature on each receipt.
 */
export interface Inventory extends Parties {
  /** Index of the run. */
  readonly run: number;
  /** Shards. */
  readonly count: number;
  /** Shard leaves in all. */
  readonly total: number;
  /** Root of the sum tree. */
  readonly hash: Uint8Array;
}

/** The inventory of a run. */
export function inventoryOf(parties: Parties, run: number, tree: InventoryTree): Inventory {
  const { netuid, validator, miner } = parties;
  return { netuid, validator, miner, run, count: tree.count, total: tree.total, hash: tree.hash };
}

/** The 32 bytes a validator signs for an inventory. */
export function inventoryDigest(inventory: Inventory): Uint8Array {
  const { run, count, total, hash } = inventory;
  return framedHash("inventory", encodeParties(inventory), u32(run), u32(count), u64(total), hash);
}

/** Whether the inventory's validator signed it. */
export function isInventorySigned(
  inventory: Inventory,
  signature: Uint8Array,
  verify: Verify,
): boolean {
  return verify(publicKeyOf(inventory.validator), inventoryDigest(inventory), signature);
}
