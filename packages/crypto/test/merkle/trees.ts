import { MemoryNodes, MerkleBuilder, RFC6962 } from "@neurond/crypto";

/** Leaf hashes 0 to n-1 of a test tree, all different. */
export function leafHashes(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) =>
    RFC6962.leaf(Uint8Array.of(index % 256, Math.floor(index / 256))),
  );
}

/** A tree in memory with its root at every size. */
export function growTree(leaves: readonly Uint8Array[]) {
  const nodes = new MemoryNodes();
  const builder = new MerkleBuilder(RFC6962);
  const roots = [builder.root()];
  for (const leaf of leaves) {
    nodes.add(builder.append(leaf));
    roots.push(builder.root());
  }
  return { nodes, roots, rootAt: (size: number) => roots[size] ?? new Uint8Array(0) };
}
