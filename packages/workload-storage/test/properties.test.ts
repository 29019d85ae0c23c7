import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildAnswer,
  ENTRY_BYTES,
  EntryList,
  encodeEntry,
  InventoryTree,
  leavesOf,
  samplePositions,
  verifyAnswer,
} from "../src/index.ts";
import { dataNamed, flipped, heldShard, identNamed, MemoryShards } from "./test-data.ts";

/** Sizes around the edges of leaves and of rows of three. */
const edges = [4096, 8192, 12_288, 24_576].flatMap((edge) => [edge - 1, edge, edge + 1]);
const size = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1, 2, ...edges) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
);
const sizes = fc.array(size, { minLength: 1, maxLength: 40 });
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const samples = fc.integer({ min: 1, max: 30 });

const DATA = dataNamed("properties", 80_000);
const native = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const shardOf = (bytes: number, at: number) => {
  const sealed = DATA.subarray(at * 7, at * 7 + bytes);
  return cached(`${bytes}/${at}`, () => heldShard(identNamed(`shard/${at}`), sealed));
};
const made = new Map<string, ReturnType<typeof heldShard>>();
function cached(name: string, make: () => ReturnType<typeof heldShard>) {
  const held = made.get(name) ?? make();
  made.set(name, held);
  return held;
}

async function challenge(shardSizes: readonly number[], drawn: Uint8Array, count: number) {
  const shards = shardSizes
    .map(shardOf)
    .sort((a, b) => Buffer.compare(a.entry.shardId, b.entry.shardId));
  const tree = new InventoryTree(shards.map(({ entry }) => entry));
  const positions = samplePositions(drawn, tree.total, count);
  const answer = await buildAnswer(tree, positions, new MemoryShards(shards));
  const judge = (bytes: Uint8Array) =>
    verifyAnswer(
      { count: tree.count, total: tree.total, hash: tree.hash, positions, answer: bytes },
      native,
    );
  return { tree, positions, answer, judge };
}

describe("whatever is stored and drawn", () => {
  test("an honest answer passes; one flipped bit, one byte more or less fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        seed,
        samples,
        fc.nat(),
        fc.nat(7),
        async (stored, drawn, count, at, bit) => {
          const { answer, judge } = await challenge(stored, drawn, count);
          expect(judge(answer)).toBeNull();
          expect(judge(flipped(answer, at % answer.length, 1 << bit))).not.toBeNull();
          expect(judge(answer.subarray(0, -1))).toBe("LENGTH");
          expect(judge(Buffer.concat([answer, Buffer.alloc(1)]))).toBe("LENGTH");
        },
      ),
      { numRuns: 1000 },
    );
  }, 120_000);

  test("an answer for other positions fails", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, seed, seed, samples, async (stored, drawn, other, count) => {
        const asked = await challenge(stored, drawn, count);
        const replayed = await challenge(stored, other, count);
        fc.pre(String(asked.positions) !== String(replayed.positions));
        expect(asked.judge(replayed.answer)).not.toBeNull();
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  test("garbage never throws and never passes", () => {
    const claims = fc.record({
      count: fc.integer({ min: 1, max: 0xffff_ffff }),
      total: fc.integer({ min: 1, max: 2 ** 48 }),
      hash: seed,
      answer: fc.oneof(
        fc.uint8Array({ maxLength: 5000 }),
        fc
          .uint8Array({ maxLength: 400 })
          .map((tail) => Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 0, ...tail])),
      ),
    });
    fc.assert(
      fc.property(claims, seed, samples, (claim, drawn, count) => {
        const positions = samplePositions(drawn, claim.total, count);
        expect(verifyAnswer({ ...claim, positions })).not.toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  test("positions are ascending, distinct, inside, and as many as asked for or there are", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 5000 }), samples, (drawn, total, count) => {
        const positions = samplePositions(drawn, total, count);
        expect(positions).toHaveLength(Math.min(total, count));
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
        expect(positions.every((position) => position >= 0 && position < total)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("inventories", () => {
  test("a list comes back from its bytes, and every other length is refused", () => {
    fc.assert(
      fc.property(sizes, (stored) => {
        const entries = stored
          .map((bytes, at) => ({
            shardId: identNamed(`shard/${at}`),
            root: identNamed("r"),
            size: bytes,
          }))
          .sort((a, b) => Buffer.compare(a.shardId, b.shardId));
        const { bytes } = EntryList.of(entries);
        expect(Buffer.compare(bytes, Buffer.concat(entries.map(encodeEntry)))).toBe(0);
        const list = EntryList.decode(bytes);
        expect([...list]).toEqual(entries);
        expect([...entries, null].map((_, at) => list.at(at))).toEqual([...entries, undefined]);
        expect(entries.map(({ shardId }) => list.find(shardId))).toEqual(entries);
        expect(list.find(identNamed("nobody's"))).toBeUndefined();
        expect(() => EntryList.decode(bytes.subarray(1))).toThrow("ends within");
        expect(() => EntryList.decode(Uint8Array.from([...bytes, 0]))).toThrow("ends within");
        if (entries.length > 1) {
          const reversed = entries.toReversed();
          expect(() => EntryList.of(reversed)).toThrow("ascend");
          expect(() => EntryList.decode(Buffer.concat(reversed.map(encodeEntry)))).toThrow(
            "ascend",
          );
          expect(() => EntryList.decode(Buffer.concat([bytes, bytes]))).toThrow("ascend");
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("every position is located in the entry and leaf that counting finds", () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 12 }), (stored) => {
        const entries = stored
          .map((bytes, at) => ({
            shardId: identNamed(`shard/${at}`),
            root: identNamed("r"),
            size: bytes,
          }))
          .sort((a, b) => Buffer.compare(a.shardId, b.shardId));
        const tree = new InventoryTree(entries);
        const counted = entries.flatMap((entry, index) =>
          Array.from({ length: leavesOf(entry.size) }, (_, leaf) => ({ index, leaf })),
        );
        expect(counted.map((_, position) => tree.locate(position))).toEqual(counted);
        expect(tree.total).toBe(counted.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("an empty inventory, and one of equal ids, cannot be challenged", () => {
    const entry = { shardId: identNamed("a"), root: identNamed("r"), size: 1 };
    expect(() => new InventoryTree([])).toThrow("cannot be challenged");
    expect(() => new InventoryTree([entry, entry])).toThrow("ascend");
    expect(() => new InventoryTree([{ ...entry, size: 0 }])).toThrow("wrong width or size");
    expect(() => new InventoryTree([{ ...entry, root: entry.root.subarray(1) }])).toThrow("width");
    expect(() => EntryList.decode(new Uint8Array(ENTRY_BYTES))).toThrow("wrong width or size");
  });
});
