import { CodedError } from "@neurond/primitives";
import type { CryptoCode } from "../errors.ts";
import { foldPeaks } from "./builder.ts";
import type { TreeHasher } from "./hasher.ts";
import type { NodeStore } from "./nodes.ts";
import { completeSubtrees, consistencyRanges, inclusionRanges, type LeafRange } from "./shape.ts";

/** The hashes that prove leaf `index` in the tree of the first `size` leaves, from the leaf up. */
export async function proveInclusion(
  hasher: TreeHasher,
  nodes: NodeStore,
  index: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw invalid(`leaf ${index} is not in a tree of ${size} leaves`, { index, size });
  }
  return readRanges(hasher, nodes, inclusionRanges(index, size));
}

/** The hashes that prove that the first `second` leaves begin with the first `first`. */
export async function proveConsistency(
  hasher: TreeHasher,
  nodes: NodeStore,
  first: number,
  second: number,
): Promise<readonly Uint8Array[]> {
  if (!isCount(first) || !isCount(second) || first > second) {
    throw invalid(`a tree of ${second} leaves has no part of ${first}`, { first, second });
  }
  return first === 0 ? [] : readRanges(hasher, nodes, consistencyRanges(first, second));
}

async function readRanges(
  hasher: TreeHasher,
  nodes: NodeStore,
  ranges: readonly LeafRange[],
): Promise<readonly Uint8Array[]> {
  const parts = ranges.map(completeSubtrees);
  const hashes = await nodes.readNodes(parts.flat());
  let start = 0;
  return parts.map((part) => {
    const own = hashes.slice(start, start + part.length);
    start += part.length;
    return foldPeaks(hasher, own);
  });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function invalid(message: string, context: Record<string, number>): CodedError<CryptoCode> {
  return new CodedError("MERKLE_INVALID", message, context);
}
