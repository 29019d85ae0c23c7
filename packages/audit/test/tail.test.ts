import { MemoryNodes, MerkleBuilder, merkleRoot, proveInclusion, RFC6962 } from "@neurond/crypto";
import { entryLeaf } from "@neurond/ledger";
import { toHex } from "@neurond/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import { OpenSegment } from "../src/segment.ts";
import { peaksOf, rootsOf, type Tail } from "../src/tail.ts";

const textAt = (at: number) => `entry ${at}`;
const leaf = (at: number) => entryLeaf(textAt(at));
const rootOf = (size: number) =>
  toHex(
    merkleRoot(
      RFC6962,
      Array.from({ length: size }, (_, at) => leaf(at)),
    ),
  ).slice(2);

async function tailOf(index: number, size: number): Promise<Tail> {
  const nodes = new MemoryNodes();
  const builder = new MerkleBuilder(RFC6962);
  for (let at = 0; at < size; at += 1) nodes.add(builder.append(leaf(at)));
  const proof = await proveInclusion(RFC6962, nodes, index, size);
  return { index, leaf_hash: toHex(leaf(index)), proof: proof.map(toHex) };
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 40 }));

test("a proof of the last entry of a log gives that log's root and the whole's", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ([older, more]) => {
      const roots = rootsOf(await tailOf(older - 1, older + more), older + more);
      expect(roots).toEqual({ prefix: rootOf(older), whole: rootOf(older + more) });
    }),
  );
});

test("a log can be continued from the proof of its last entry", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ([from, more]) => {
      const peaks = peaksOf(await tailOf(from - 1, from));
      const texts = Array.from({ length: more }, (_, at) => textAt(from + at));
      const open = OpenSegment.open({ from, peaks: [...(peaks ?? [])], texts });
      expect(await open?.rootAt(from)).toBe(rootOf(from));
      expect(await open?.rootAt(from + more)).toBe(rootOf(from + more));
    }),
  );
});

test("a proof for another size gives nothing, or other roots", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 120 }), async ([older, more], other) => {
      fc.pre(other !== older + more);
      const roots = rootsOf(await tailOf(older - 1, older + more), other);
      if (roots !== null) expect(roots.whole).not.toBe(rootOf(other));
    }),
  );
});
