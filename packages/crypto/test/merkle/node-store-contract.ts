import {
  MerkleBuilder,
  type MerkleNode,
  type NodeStore,
  peakPlaces,
  proveInclusion,
  RFC6962,
  verifyInclusion,
} from "@neurond/crypto";
import { isCoded } from "@neurond/primitives";
import { expect, test } from "vitest";
import { leafHashes } from "./trees.ts";

/** What proofs rely on, of every node store. `fill` returns a store that holds exactly `nodes`. */
export function nodeStoreContract(
  fill: (nodes: readonly MerkleNode[]) => Promise<NodeStore> | NodeStore,
): void {
  const leaves = leafHashes(21);
  const builder = new MerkleBuilder(RFC6962);
  const nodes = leaves.flatMap((leaf) => builder.append(leaf));

  test("gives back what was stored, in the order asked for, repeats included", async () => {
    const store = await fill(nodes);
    const asked = [...nodes.toReversed(), ...nodes.slice(0, 3)];
    expect(await store.readNodes(asked)).toEqual(asked.map(({ hash }) => hash));
  });

  test("reads nothing when asked for nothing", async () => {
    const store = await fill(nodes);
    expect(await store.readNodes([])).toEqual([]);
  });

  test("names the subtree it does not have", async () => {
    const store = await fill(nodes);
    const error = await store
      .readNodes([
        { level: 0, index: 0 },
        { level: 4, index: 1 },
      ])
      .catch((thrown: unknown) => thrown);
    expect(isCoded(error, "MERKLE_NODE_MISSING")).toBe(true);
    expect(error).toMatchObject({ context: { level: 4, index: 1 } });
  });

  test("serves proofs and the peaks to go on from", async () => {
    const store = await fill(nodes);
    const peaks = await store.readNodes(peakPlaces(leaves.length));
    expect(new MerkleBuilder(RFC6962, leaves.length, peaks).root()).toEqual(builder.root());
    for (const [index, leafHash] of leaves.entries()) {
      const proof = await proveInclusion(RFC6962, store, index, leaves.length);
      const claim = { leafHash, index, size: leaves.length, root: builder.root(), proof };
      expect(verifyInclusion(RFC6962, claim)).toBe(true);
    }
  });
}
