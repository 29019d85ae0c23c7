import { MemoryNodes, MerkleBuilder, proveInclusion, type TreeHasher } from "@neurond/crypto";

/** The hashes that show some leaves of a tree in memory to be under its root. */
export async function inclusionPaths(
  hasher: TreeHasher,
  leafHashes: readonly Uint8Array[],
  indices: readonly number[],
): Promise<readonly (readonly Uint8Array[])[]> {
  const [builder, nodes] = [new MerkleBuilder(hasher), new MemoryNodes()];
  for (const hash of leafHashes) nodes.add(builder.append(hash));
  return Promise.all(
    indices.map((index) => proveInclusion(hasher, nodes, index, leafHashes.length)),
  );
}
