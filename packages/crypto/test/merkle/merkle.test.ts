import { createHash } from "node:crypto";
import {
  MerkleBuilder,
  merkleRoot,
  peakPlaces,
  proveConsistency,
  proveInclusion,
  RFC6962,
  splitPoint,
  treeHasher,
} from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "../vectors/merkle.json" with { type: "json" };
import { growTree, leafHashes } from "./trees.ts";

const reference = vectors.leaves.map((leaf) => RFC6962.leaf(fromHex(leaf)));

describe("the reference tree of certificate transparency", () => {
  const { nodes } = growTree(reference);

  test("has the published root at every size", () => {
    expect(toHex(merkleRoot(RFC6962, []))).toBe(vectors.empty);
    const roots = reference.map((_, last) => merkleRoot(RFC6962, reference.slice(0, last + 1)));
    expect(roots.map(toHex)).toEqual(vectors.roots);
  });

  test.each(vectors.inclusion)("proves leaf $index of $size", async ({ index, size, proof }) => {
    const hashes = await proveInclusion(RFC6962, nodes, index, size);
    expect(hashes.map(toHex)).toEqual(proof);
  });

  test.each(vectors.consistency)("proves $first in $second", async ({ first, second, proof }) => {
    const hashes = await proveConsistency(RFC6962, nodes, first, second);
    expect(hashes.map(toHex)).toEqual(proof);
  });
});

describe("a builder", () => {
  test("gives the root that the definition of RFC 6962 gives", () => {
    const byDefinition = (leaves: readonly Uint8Array[]): Uint8Array => {
      const [first, ...rest] = leaves;
      if (first === undefined) return RFC6962.empty;
      if (rest.length === 0) return first;
      const split = splitPoint(leaves.length);
      return RFC6962.node(byDefinition(leaves.slice(0, split)), byDefinition(leaves.slice(split)));
    };
    for (let size = 0; size <= 130; size += 1) {
      const leaves = leafHashes(size);
      expect(merkleRoot(RFC6962, leaves)).toEqual(byDefinition(leaves));
    }
  });

  test("hands out every complete subtree once", () => {
    const builder = new MerkleBuilder(RFC6962);
    const places = leafHashes(37)
      .flatMap((leaf) => builder.append(leaf))
      .map(({ level, index }) => `${level}/${index}`);
    const expected = [37, 18, 9, 4, 2, 1].flatMap((count, level) =>
      Array.from({ length: count }, (_, index) => `${level}/${index}`),
    );
    expect(places.toSorted()).toEqual(expected.toSorted());
  });

  test("goes on from its peaks as if it had never stopped", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(70), fc.nat(70), async (before, after) => {
        const leaves = leafHashes(before + after);
        const { nodes } = growTree(leaves);
        const peaks = await nodes.readNodes(peakPlaces(before));
        const builder = new MerkleBuilder(RFC6962, before, peaks);
        for (const leaf of leaves.slice(before)) builder.append(leaf);
        expect(builder.size).toBe(leaves.length);
        expect(builder.root()).toEqual(merkleRoot(RFC6962, leaves));
      }),
    );
  });

  test("refuses peaks that are not those of the size", () => {
    const [hash] = leafHashes(1);
    if (!hash) expect.unreachable();
    expect(codeOf(() => new MerkleBuilder(RFC6962, 3, [hash]))).toBe("MERKLE_INVALID");
    expect(codeOf(() => new MerkleBuilder(RFC6962, 1, [hash.slice(1)]))).toBe("MERKLE_INVALID");
  });
});

test("leaves and nodes of different trees never hash alike", () => {
  const pairs = [RFC6962, treeHasher(2, 3), treeHasher(4, 5), treeHasher(6, 7), treeHasher(8, 9)];
  const [left, right] = leafHashes(2);
  if (!left || !right) expect.unreachable();
  const both = new Uint8Array([...left, ...right]);
  const hashes = pairs.flatMap((hasher) => [hasher.leaf(both), hasher.node(left, right)]);
  expect(new Set(hashes.map(toHex)).size).toBe(2 * pairs.length);
});

test("a native hash makes the same tree", () => {
  const native = treeHasher(0, 1, (bytes) => createHash("sha256").update(bytes).digest());
  expect(toHex(merkleRoot(native, leafHashes(13)))).toBe(
    toHex(merkleRoot(RFC6962, leafHashes(13))),
  );
});
