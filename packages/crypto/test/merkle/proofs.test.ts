import {
  type ConsistencyClaim,
  type InclusionClaim,
  MemoryNodes,
  proveConsistency,
  proveInclusion,
  RFC6962,
  verifyConsistency,
  verifyInclusion,
} from "@neurond/crypto";
import { rejectionCode } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growTree, leafHashes } from "./trees.ts";

const SIZE = 65;
const leaves = leafHashes(SIZE);
const { nodes, rootAt } = growTree(leaves);
const holds = (claim: InclusionClaim) => verifyInclusion(RFC6962, claim);
const agrees = (claim: ConsistencyClaim) => verifyConsistency(RFC6962, claim);

async function inclusion(index: number, size: number): Promise<InclusionClaim> {
  const proof = await proveInclusion(RFC6962, nodes, index, size);
  return { leafHash: leaves[index] ?? new Uint8Array(0), index, size, root: rootAt(size), proof };
}

async function consistency(firstSize: number, secondSize: number): Promise<ConsistencyClaim> {
  const proof = await proveConsistency(RFC6962, nodes, firstSize, secondSize);
  return {
    firstSize,
    firstRoot: rootAt(firstSize),
    secondSize,
    secondRoot: rootAt(secondSize),
    proof,
  };
}

/** An index and a size above it. */
const anyLeaf = fc
  .integer({ min: 1, max: SIZE })
  .chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)));
/** Two sizes, the first at least one and smaller, so that the proof is not empty. */
const anyPair = fc
  .integer({ min: 2, max: SIZE })
  .chain((second) => fc.tuple(fc.integer({ min: 1, max: second - 1 }), fc.constant(second)));

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

describe("an inclusion proof", () => {
  test("verifies for every leaf of every size", async () => {
    for (let size = 1; size <= SIZE; size += 1) {
      for (let index = 0; index < size; index += 1) {
        expect(holds(await inclusion(index, size))).toBe(true);
      }
    }
  });

  test("fails with any bit flipped", async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, fc.nat(255), fc.nat(63), async ([index, size], bit, which) => {
        const claim = await inclusion(index, size);
        expect(holds({ ...claim, leafHash: flip(claim.leafHash, bit) })).toBe(false);
        expect(holds({ ...claim, root: flip(claim.root, bit) })).toBe(false);
        const at = which % Math.max(claim.proof.length, 1);
        const proof = claim.proof.map((hash, place) => (place === at ? flip(hash, bit) : hash));
        expect(holds({ ...claim, proof })).toBe(claim.proof.length === 0);
      }),
    );
  });

  test("fails for another index or with a hash too few or too many", async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, fc.nat(SIZE), async ([index, size], other) => {
        const claim = await inclusion(index, size);
        if (other !== index) expect(holds({ ...claim, index: other })).toBe(false);
        expect(holds({ ...claim, proof: [...claim.proof, claim.root] })).toBe(false);
        if (size > 1) expect(holds({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
      }),
    );
  });

  test("fails against the root of another size", async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, fc.integer({ min: 1, max: SIZE }), async ([index, size], other) => {
        const claim = await inclusion(index, size);
        if (other !== size) expect(holds({ ...claim, root: rootAt(other) })).toBe(false);
      }),
    );
  });
});

describe("a consistency proof", () => {
  test("verifies for every pair of sizes", async () => {
    for (let second = 0; second <= SIZE; second += 1) {
      for (let first = 0; first <= second; first += 1) {
        expect(agrees(await consistency(first, second))).toBe(true);
      }
    }
  });

  test("fails with any bit flipped", async () => {
    await fc.assert(
      fc.asyncProperty(anyPair, fc.nat(255), fc.nat(63), async ([first, second], bit, which) => {
        const claim = await consistency(first, second);
        expect(agrees({ ...claim, firstRoot: flip(claim.firstRoot, bit) })).toBe(false);
        expect(agrees({ ...claim, secondRoot: flip(claim.secondRoot, bit) })).toBe(false);
        const at = which % claim.proof.length;
        const proof = claim.proof.map((hash, place) => (place === at ? flip(hash, bit) : hash));
        expect(agrees({ ...claim, proof })).toBe(false);
      }),
    );
  });

  test("fails for a first tree of another size, and with a hash too few or too many", async () => {
    await fc.assert(
      fc.asyncProperty(anyPair, fc.nat(SIZE), async ([first, second], other) => {
        const claim = await consistency(first, second);
        if (other !== first) {
          expect(agrees({ ...claim, firstRoot: rootAt(other) })).toBe(false);
        }
        expect(agrees({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
        expect(agrees({ ...claim, proof: [...claim.proof, claim.secondRoot] })).toBe(false);
      }),
    );
  });

  test("does not pass off a rewritten log", async () => {
    const rewritten = growTree(leaves.map((leaf, at) => (at === 3 ? flip(leaf, 0) : leaf)));
    for (let first = 4; first < SIZE; first += 1) {
      const proof = await proveConsistency(RFC6962, rewritten.nodes, first, SIZE);
      const claim = await consistency(first, SIZE);
      const secondRoot = rewritten.rootAt(SIZE);
      expect(agrees({ ...claim, secondRoot, proof })).toBe(false);
    }
  });
});

test("nonsense from a peer is false, never a throw", async () => {
  const good = await inclusion(5, 21);
  const better = await consistency(5, 21);
  const nonsense: unknown[] = [null, undefined, -1, 0.5, Number.NaN, 2 ** 53, "5", [], {}, [null]];
  for (const value of nonsense) {
    for (const key of Object.keys(good)) {
      expect(holds({ ...good, [key]: value })).toBe(false);
    }
    for (const key of Object.keys(better)) {
      expect(agrees({ ...better, [key]: value })).toBe(false);
    }
  }
  expect(holds({ ...good, proof: Array(1000).fill(good.root) })).toBe(false);
  expect(agrees({ ...better, proof: Array(1000).fill(good.root) })).toBe(false);
});

test("an empty tree is a part of every tree, by an empty proof only", async () => {
  const claim = await consistency(0, 9);
  expect(agrees({ ...claim, proof: [rootAt(9)] })).toBe(false);
  expect(agrees({ ...claim, firstRoot: rootAt(1) })).toBe(false);
});

test("a proof works on trees of 2^52 leaves", async () => {
  const size = 2 ** 52;
  const asked: number[] = [];
  const store = {
    readNodes: async (places: readonly { level: number; index: number }[]) => {
      asked.push(places.length);
      return places.map(({ level }) => new Uint8Array(32).fill(level));
    },
  };
  const index = size - 3;
  const proof = await proveInclusion(RFC6962, store, index, size);
  expect([proof.length, ...asked]).toEqual([52, 52]);
  const leafHash = new Uint8Array(32).fill(7);
  let root: Uint8Array = leafHash;
  let place = index;
  for (const sibling of proof) {
    root = place % 2 === 1 ? RFC6962.node(sibling, root) : RFC6962.node(root, sibling);
    place = Math.floor(place / 2);
  }
  expect(holds({ leafHash, index, size, root, proof })).toBe(true);
  expect(holds({ leafHash, index: index - 1, size, root, proof })).toBe(false);
});

test("nobody asks for a proof outside the tree", async () => {
  const store = new MemoryNodes();
  expect(await rejectionCode(proveInclusion(RFC6962, store, 3, 3))).toBe("MERKLE_INVALID");
  expect(await rejectionCode(proveInclusion(RFC6962, store, -1, 3))).toBe("MERKLE_INVALID");
  expect(await rejectionCode(proveConsistency(RFC6962, store, 4, 3))).toBe("MERKLE_INVALID");
  expect(await rejectionCode(proveInclusion(RFC6962, store, 0, 2))).toBe("MERKLE_NODE_MISSING");
});
