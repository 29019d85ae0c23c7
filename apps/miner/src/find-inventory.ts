import { fromHex, type Hotkey } from "@neurond/primitives";
import {
  compareBytes,
  InventoryTree,
  leavesOf,
  type Receipt,
  type SignedReceipt,
  type SlotTask,
} from "@neurond/workload-storage";
import { nativeSha256 } from "@neurond/workload-storage/io";

/** Blocks at which what is held changes are looked at from the beacon backwards, so many of them. */
const MAX_BLOCKS = 256;
/** Shards that may have been on their way while the list was drawn up. */
const MAX_ON_THEIR_WAY = 32;
/** Hashing a list costs the most: a validator must not keep us busy with lists that never were. */
const MAX_TREES = 4;

/**
 * Finds the list behind an inventory among our own receipts. A challenge names only its root: which
 * shards were stored by then, and not yet over, is tried from the beacon backwards.
 */
export function inventoryFinder(
  receipts: () => readonly SignedReceipt[],
): (task: SlotTask) => Promise<InventoryTree | null> {
  /** The last of each validator: all slots of a run ask about one, and the next run about another. */
  const known = new Map<Hotkey, { readonly hash: string; readonly tree: InventoryTree }>();
  return async (task) => {
    const { validator, inventory } = task;
    const last = known.get(validator);
    if (last?.hash === inventory.hash) return last.tree;
    const own = receipts()
      .map(({ receipt }) => receipt)
      .filter((receipt) => receipt.validator === validator);
    const tree = findTree(own, task);
    if (tree !== null) known.set(validator, { hash: inventory.hash, tree });
    return tree;
  };
}

function findTree(
  receipts: readonly Receipt[],
  { inventory, beacon }: SlotTask,
): InventoryTree | null {
  const { count, total } = inventory;
  const root = fromHex(inventory.hash);
  const candidates = changesBefore(receipts, beacon.block)
    .map((block) => ({ block, extra: heldAt(receipts, block) - count }))
    .filter(({ extra }) => extra >= 0 && extra <= MAX_ON_THEIR_WAY)
    .sort((a, b) => a.extra - b.extra);
  let trees = 0;
  for (const { block } of candidates) {
    // One whose upload ended after the list was drawn up bears an earlier block all the same, so those
    // accepted last are left out.
    const listed = receipts.filter((receipt) => isHeld(receipt, block)).slice(0, count);
    if (listed.reduce((sum, { size }) => sum + leavesOf(size), 0) !== total) continue;
    const tree = treeOf(listed);
    if (compareBytes(tree.hash, root) === 0) return tree;
    trees += 1;
    if (trees === MAX_TREES) return null;
  }
  return null;
}

function treeOf(listed: readonly Receipt[]): InventoryTree {
  const entries = listed
    .map(({ shardId, root, size }) => ({ shardId, root, size }))
    .sort((a, b) => compareBytes(a.shardId, b.shardId));
  return new InventoryTree(entries, nativeSha256);
}

function isHeld({ storedBlock, expiresBlock }: Receipt, block: number): boolean {
  return storedBlock <= block && block < expiresBlock;
}

function heldAt(receipts: readonly Receipt[], block: number): number {
  let held = 0;
  for (const receipt of receipts) if (isHeld(receipt, block)) held += 1;
  return held;
}

/** The blocks at which what is held changes, from the beacon backwards. */
function changesBefore(receipts: readonly Receipt[], beacon: number): readonly number[] {
  const blocks = new Set([beacon]);
  for (const { storedBlock, expiresBlock } of receipts) {
    // What was held before a change was held up to the block before it.
    for (const change of [storedBlock, expiresBlock]) blocks.add(change).add(change - 1);
  }
  return [...blocks]
    .filter((block) => block <= beacon && block >= 0)
    .sort((a, b) => b - a)
    .slice(0, MAX_BLOCKS);
}
