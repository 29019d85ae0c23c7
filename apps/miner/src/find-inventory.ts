import { fromHex, type Hotkey } from "@neurond/primitives";
import {
  compareBytes,
  InventoryTree,
  leavesOf,
  type Receipt,
  type SignedReceipt,
  type SlotTask,
} from "@neurond/workload-storage";

/** Blocks at which what is held changes are looked at from the beacon backwards, so many of them. */
const MAX_BLOCKS = 256;
/** Shards that may have been on their way while the list was drawn up. */
const MAX_ON_THEIR_WAY = 32;
/** Shards that may have been deleted since it was. */
const MAX_DELETED = 256;
/** Drawing a list up takes a look at every receipt. */
const MAX_LISTS = 256;
/** Hashing a list costs the most: a validator must not keep us busy with lists that never were. */
const MAX_TREES = 4;

/**
 * Finds the list behind an inventory among our own receipts. A challenge names only its root: which
 * shards were stored by then, and not yet over, is tried from the beacon backwards.
 */
export function inventoryFinder(
  receipts: () => readonly SignedReceipt[],
  deleted: () => readonly SignedReceipt[] = () => [],
): (task: SlotTask) => Promise<InventoryTree | null> {
  /** The last of each validator: all slots of a run ask about one, and the next run about another. */
  const known = new Map<Hotkey, { readonly hash: string; readonly tree: InventoryTree }>();
  return async (task) => {
    const { validator, inventory } = task;
    const last = known.get(validator);
    if (last?.hash === inventory.hash) return last.tree;
    const own = (all: readonly SignedReceipt[]) =>
      all.map(({ receipt }) => receipt).filter((receipt) => receipt.validator === validator);
    const gone = own(deleted()).slice(0, MAX_DELETED);
    const tree = findTree({ held: own(receipts()), gone }, task);
    if (tree !== null) known.set(validator, { hash: inventory.hash, tree });
    return tree;
  };
}

/** What may be on a list: what is held, in the order it came, and what was deleted, the last one first. */
interface Known {
  readonly held: readonly Receipt[];
  readonly gone: readonly Receipt[];
}

function findTree(known: Known, { inventory, beacon }: SlotTask): InventoryTree | null {
  const root = fromHex(inventory.hash);
  let trees = 0;
  for (const listed of listsOf(known, inventory.count, beacon.block)) {
    if (listed.reduce((sum, { size }) => sum + leavesOf(size), 0) !== inventory.total) continue;
    const tree = treeOf(listed);
    if (compareBytes(tree.hash, root) === 0) return tree;
    trees += 1;
    if (trees === MAX_TREES) return null;
  }
  return null;
}

/** Lists of so many shards that can have been drawn up by a block, the likeliest first. */
function* listsOf(
  { held, gone }: Known,
  count: number,
  beacon: number,
): Generator<readonly Receipt[]> {
  const candidates = changesBefore([...held, ...gone], beacon)
    .flatMap((block) => {
      const [here, over] = [heldAt(held, block), heldAt(gone, block)];
      // Those deleted last were still there when the list was drawn up, those before were not.
      return Array.from({ length: over + 1 }, (_, back) => {
        return { block, back, extra: here + back - count };
      });
    })
    .filter(({ extra }) => extra >= 0 && extra <= MAX_ON_THEIR_WAY)
    .sort((a, b) => a.extra - b.extra || a.back - b.back)
    .slice(0, MAX_LISTS);
  for (const { block, back } of candidates) {
    const at = (receipt: Receipt) => isHeld(receipt, block);
    // One whose upload ended after the list was drawn up bears an earlier block all the same, so those
    // accepted last are left out.
    const still = held.filter(at).slice(0, count - back);
    yield [...still, ...gone.filter(at).slice(0, back)];
  }
}

function treeOf(listed: readonly Receipt[]): InventoryTree {
  const entries = listed
    .map(({ shardId, root, size }) => ({ shardId, root, size }))
    .sort((a, b) => compareBytes(a.shardId, b.shardId));
  return new InventoryTree(entries);
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
