import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, encodeEntry, InventoryTree, leavesOf } from "../src/index.ts";
import { identNamed } from "./test-data.ts";

const sha256 = (...parts: readonly Uint8Array[]) => {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/** A node as the definition has it: no levels, no bytes shared, and sums that cannot round. */
interface Node {
  readonly hash: Uint8Array;
  readonly sum: bigint;
}

interface Subtree extends Node {
  readonly from: number;
  readonly to: number;
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** Every node over entries from `from` on, the one over all of them last. */
function subtreesOf(entries: readonly Entry[], from = 0): readonly [...Subtree[], Subtree] {
  const [only, ...others] = entries;
  if (only === undefined) throw new Error("nothing has no tree");
  const to = from + entries.length;
  if (others.length === 0) {
    const hash = sha256(Uint8Array.of(2), encodeEntry(only));
    return [{ from, to, hash, sum: BigInt(leavesOf(only.size)) }];
  }
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  const left = subtreesOf(entries.slice(0, split), from);
  const right = subtreesOf(entries.slice(split), from + split);
  const [a, b] = [left.at(-1) as Subtree, right.at(-1) as Subtree];
  const hash = sha256(Uint8Array.of(3), a.hash, u64(a.sum), b.hash, u64(b.sum));
  return [...left, ...right, { from, to, hash, sum: a.sum + b.sum }];
}

/** Entries of these sizes, with ids that ascend. */
function entriesOf(sizes: readonly number[]): readonly Entry[] {
  return sizes.map((size, at) => {
    const shardId = identNamed(`shard/${at}`);
    shardId.set([at >> 8, at & 0xff]);
    return { shardId, root: identNamed(`root/${at}`), size };
  });
}

function expectSameNodes(tree: InventoryTree, entries: readonly Entry[]): void {
  const subtrees = subtreesOf(entries);
  const root = subtrees.at(-1) as Subtree;
  expect(Buffer.compare(tree.hash, root.hash)).toBe(0);
  expect(BigInt(tree.total)).toBe(root.sum);
  for (const { from, to, hash, sum } of subtrees) {
    const node = tree.node({ from, to });
    expect([Buffer.from(node.hash), node.sum]).toEqual([hash, Number(sum)]);
  }
}

/** Up to the largest a shard can have: sums pass 2^32. */
const size = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 2 ** 36 }));

test("root and nodes are those of the definition, for every count up to 70", () => {
  for (let count = 1; count <= 70; count += 1) {
    const entries = entriesOf(Array.from({ length: count }, (_, at) => 1 + at * 5_003));
    expectSameNodes(new InventoryTree(entries), entries);
  }
});

test("root and nodes are those of the definition, for any count and sizes", () => {
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 300 }), (sizes) => {
      const entries = entriesOf(sizes);
      expectSameNodes(new InventoryTree(entries), entries);
    }),
    { numRuns: 50 },
  );
});

test("what is no subtree is refused, whether it is crooked, empty or beyond the end", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(45), fc.nat(45), (count, from, to) => {
      const entries = entriesOf(Array.from({ length: count }, () => 5_000));
      const tree = new InventoryTree(entries);
      const isSubtree = subtreesOf(entries).some((each) => each.from === from && each.to === to);
      if (isSubtree) expect(tree.node({ from, to }).sum).toBe((to - from) * 2);
      else expect(() => tree.node({ from, to })).toThrow("are no subtree");
    }),
    { numRuns: 300 },
  );
});

test("more shards than a call takes arguments are one inventory", () => {
  const count = 130_000;
  const root = identNamed("root");
  const entries = Array.from({ length: count }, (_, at) => {
    const shardId = new Uint8Array(32);
    new DataView(shardId.buffer).setUint32(0, at);
    return { shardId, root, size: 2 ** 36 };
  });
  const tree = new InventoryTree(entries);
  expect(tree.entries.bytes.length).toBe(count * 72);
  expect(tree.total).toBe(count * 2 ** 24);
  expect(tree.locate(tree.total - 1)).toEqual({ index: count - 1, leaf: 2 ** 24 - 1 });
});
