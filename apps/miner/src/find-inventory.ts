import { fromHex } from "@neurond/primitives";
import {
  compareBytes,
  InventoryTree,
  leavesOf,
  type Receipt,
  type SampleTask,
  type SignedReceipt,
} from "@neurond/workload-storage";
import { nativeSha256 } from "@neurond/workload-storage/io";

/** Blocks before a beacon in which a validator may have drawn up the list. */
const MAX_LAG = 7200;
const REMEMBERED = 64;

/**
 * Finds the list behind an inventory among our own receipts. A challenge names only its root: which
 * shards were stored by then, and not yet over, is tried from the beacon backwards.
 */
export function inventoryFinder(
  receipts: () => readonly SignedReceipt[],
): (task: SampleTask) => Promise<InventoryTree | null> {
  const known = new Map<string, InventoryTree>();
  return async (task) => {
    const { hash } = task.inventory;
    const remembered = known.get(hash);
    if (remembered !== undefined) return remembered;
    const own = receipts()
      .map(({ receipt }) => receipt)
      .filter(({ validator }) => validator === task.validator);
    const tree = findTree(own, task);
    if (tree === null) return null;
    known.set(hash, tree);
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break;
      known.delete(oldest);
    }
    return tree;
  };
}

function findTree(receipts: readonly Receipt[], task: SampleTask): InventoryTree | null {
  const root = fromHex(task.inventory.hash);
  for (const block of changesBefore(receipts, task.beacon.block)) {
    const held = receipts.filter(
      ({ storedBlock, expiresBlock }) => storedBlock <= block && block < expiresBlock,
    );
    const tree = treeOf(held, task.inventory);
    if (tree !== null && compareBytes(tree.hash, root) === 0) return tree;
  }
  return null;
}

/**
 * The tree over so many of the shards. One whose upload ended after the list was drawn up bears an
 * earlier block all the same, so those accepted last are left out.
 */
function treeOf(
  held: readonly Receipt[],
  { count, total }: SampleTask["inventory"],
): InventoryTree | null {
  if (held.length < count) return null;
  const entries = held
    .slice(0, count)
    .map(({ shardId, root, size }) => ({ shardId, root, size }))
    .sort((a, b) => compareBytes(a.shardId, b.shardId));
  // Counting leaves is cheap, hashing every entry is not.
  const leaves = entries.reduce((sum, { size }) => sum + leavesOf(size), 0);
  return leaves === total ? new InventoryTree(entries, nativeSha256) : null;
}

/** The blocks at which what is held changes, from the beacon backwards. */
function changesBefore(receipts: readonly Receipt[], beacon: number): readonly number[] {
  const changes = receipts.flatMap(({ storedBlock, expiresBlock }) => [storedBlock, expiresBlock]);
  const recent = changes.filter((block) => block < beacon && block >= beacon - MAX_LAG);
  return [...new Set([beacon, ...recent, Math.max(0, beacon - MAX_LAG)])].sort((a, b) => b - a);
}
