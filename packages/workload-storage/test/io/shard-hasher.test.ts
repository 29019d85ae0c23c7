import { createHash } from "node:crypto";
import { MerkleBuilder } from "@neurond/crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ShardHasher } from "../../io/shard-hasher.ts";
import { keptIndex } from "../../io/tree-layout.ts";
import { LEAF_BYTES, leavesOf, SHARD_HASHER, shardRoot } from "../../src/index.ts";
import { dataNamed } from "../test-data.ts";

function streamed(bytes: Uint8Array, cuts: readonly number[]) {
  const hasher = new ShardHasher();
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    hasher.update(bytes.subarray(from, cut));
    from = cut;
  }
  return hasher.finish();
}

const SIZES = [1, 4095, 4096, 4097, 8192, 12_288, 12_289, 65_535, 65_536, 65_537, 69_632, 131_072];

test.each(SIZES)("the streamed root of %i bytes is the tree's", (size) => {
  const bytes = dataNamed(`hasher/${size}`, size);
  expect(streamed(bytes, []).root).toEqual(shardRoot(bytes));
});

test("the root does not depend on how the bytes arrive, and they stay as they were", () => {
  const bytes = dataNamed("hasher/cuts", 300_000);
  const before = createHash("sha256").update(bytes).digest("hex");
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: bytes.length }),
      fc.array(fc.nat(bytes.length), { maxLength: 8 }),
      (size, cuts) => {
        const part = bytes.subarray(0, size);
        const { root, size: counted } = streamed(
          part,
          cuts.map((cut) => Math.min(cut, size)),
        );
        expect(counted).toBe(size);
        expect(Buffer.compare(root, nativeRoot(part))).toBe(0);
      },
    ),
    { numRuns: 1000 },
  );
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(before);
});

test("every kept hash is the hash of its subtree", () => {
  for (const leaves of [1, 15, 16, 17, 32, 33, 47, 48, 49, 100, 129]) {
    const bytes = dataNamed("hasher/kept", leaves * LEAF_BYTES - 7);
    const { kept } = streamed(bytes, []);
    for (const [from, to] of subtreesOf(0, leavesOf(bytes.length))) {
      const index = keptIndex(leaves, { from, to });
      if (index === null) continue;
      const due = nativeRoot(bytes.subarray(from * LEAF_BYTES, to * LEAF_BYTES));
      expect(Buffer.compare(kept.subarray(index * 32, index * 32 + 32), due)).toBe(0);
    }
  }
});

test("a shard of no bytes has no root", () => {
  expect(() => new ShardHasher().finish()).toThrow(RangeError);
});

function* subtreesOf(from: number, to: number): Generator<readonly [number, number]> {
  yield [from, to];
  if (to - from === 1) return;
  let split = 1;
  while (split * 2 < to - from) split *= 2;
  yield* subtreesOf(from, from + split);
  yield* subtreesOf(from + split, to);
}

/** The root by the plain builder, with OpenSSL for speed. */
function nativeRoot(bytes: Uint8Array): Uint8Array {
  const sha256 = (...parts: readonly Uint8Array[]) => {
    const digest = createHash("sha256");
    for (const part of parts) digest.update(part);
    return new Uint8Array(digest.digest());
  };
  const builder = new MerkleBuilder({
    empty: SHARD_HASHER.empty,
    leaf: (content) => sha256(Uint8Array.of(0), content),
    node: (left, right) => sha256(Uint8Array.of(1), left, right),
  });
  for (let at = 0; at < bytes.length; at += LEAF_BYTES) {
    builder.append(sha256(Uint8Array.of(0), bytes.subarray(at, at + LEAF_BYTES)));
  }
  return builder.root();
}
