import {
  proveConsistency,
  proveInclusion,
  RFC6962,
  verifyConsistency,
  verifyInclusion,
} from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { entryLeaf } from "./entry.ts";
import type { LogStorage } from "./log.ts";

/** A head as checkpoints, reports and commitments spell it; the root without 0x. */
export interface HeadText {
  readonly size: number;
  readonly root: string;
}

/** Proves that entry `index` is among the first `size`. */
export async function proveEntry(
  storage: LogStorage,
  index: number,
  size: number,
): Promise<readonly Hex[]> {
  return (await proveInclusion(RFC6962, storage, index, size)).map(toHex);
}

/** Proves that the log of `second` entries begins with the log of `first`. */
export async function proveGrowth(
  storage: LogStorage,
  first: number,
  second: number,
): Promise<readonly Hex[]> {
  return (await proveConsistency(RFC6962, storage, first, second)).map(toHex);
}

/** Whether an entry stands at `index` under a head; nonsense is false. */
export function isEntryOf(
  head: HeadText,
  entry: { readonly text: string; readonly index: number; readonly proof: readonly string[] },
): boolean {
  const root = readHash(head.root);
  const proof = readProof(entry.proof);
  if (root === null || proof === null || !entry.text.isWellFormed()) return false;
  const leafHash = entryLeaf(entry.text);
  return verifyInclusion(RFC6962, { leafHash, index: entry.index, size: head.size, root, proof });
}

/** Whether the log of `newer` begins with the log of `older`: nothing was changed or taken out. */
export function hasGrown(older: HeadText, newer: HeadText, proof: readonly string[]): boolean {
  const [firstRoot, secondRoot, hashes] = [
    readHash(older.root),
    readHash(newer.root),
    readProof(proof),
  ];
  if (firstRoot === null || secondRoot === null || hashes === null) return false;
  const [firstSize, secondSize] = [older.size, newer.size];
  return verifyConsistency(RFC6962, {
    firstSize,
    firstRoot,
    secondSize,
    secondRoot,
    proof: hashes,
  });
}

const HASH = /^(?:0x)?[0-9a-f]{64}$/;

function readHash(text: unknown): Uint8Array | null {
  return typeof text === "string" && HASH.test(text) ? fromHex(text) : null;
}

function readProof(texts: readonly unknown[]): readonly Uint8Array[] | null {
  if (!Array.isArray(texts)) return null;
  const hashes = texts.map(readHash);
  return hashes.every((hash) => hash !== null) ? hashes : null;
}
