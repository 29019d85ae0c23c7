import { merkleRoot, treeHasher, u8, u32 } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import { ENTRY_BYTES, type Entry, encodeEntry, readEntry } from "../entry.ts";
import type { StorageCode } from "../errors.ts";
import { inclusionPaths } from "../inclusion-paths.ts";
import type { Tokens, VectorCommitments } from "../receipt.ts";
import type { TokenAlg } from "../token/answer.ts";

/** A shard whose blocks could be opened, by what its receipt commits to. */
export interface OpenableShard {
  readonly mode: "opening";
  readonly entry: Entry;
  readonly vector: VectorCommitments;
}

/** A shard with an unused token, and the lowest such. */
export interface TokenShard {
  readonly mode: "token";
  readonly entry: Entry;
  readonly tokens: Tokens;
  readonly alg: TokenAlg;
  readonly number: number;
  readonly seedCommit: Uint8Array;
}

/**
 * What a slot may ask about, fixed before the beacon. Whatever of a receipt renewing changes is left out:
 * a shard may be promised for longer between plan and draw.
 */
export type Askable = OpenableShard | TokenShard;

/** Hashes of the tree over what a slot may ask about: prefix 0a before a leaf, 0b before a node. */
export const ASKABLE_HASHER = treeHasher(0x0a, 0x0b);

/** Bytes of one shard in a slot's list: its entry, then what the mode adds. */
export const ASKABLE_BYTES = {
  opening: ENTRY_BYTES + 1 + 4 + 32,
  token: ENTRY_BYTES + 4 + 32 + 1 + 4 + 32,
} as const;

/** The bytes of one shard in a slot's list; a leaf of its tree. */
export function encodeAskable(askable: Askable): Uint8Array {
  const entry = encodeEntry(askable.entry);
  if (askable.mode === "opening") {
    const { suite, sectors, root } = askable.vector;
    return concatBytes(entry, u8(suite), u32(sectors), root);
  }
  const { tokens, alg, number, seedCommit } = askable;
  return concatBytes(entry, u32(tokens.count), tokens.root, u8(alg), u32(number), seedCommit);
}

/** The bytes of a slot's list: its shards one after the other. */
export function encodeAskables(mode: Askable["mode"], list: readonly Askable[]): Uint8Array {
  const bytes = new Uint8Array(list.length * ASKABLE_BYTES[mode]);
  // One by one: a long list is more than the arguments that a call can have.
  for (const [at, askable] of list.entries()) {
    bytes.set(encodeAskable(askable), at * ASKABLE_BYTES[mode]);
  }
  return bytes;
}

/**
 * Reads a slot's list.
 * @throws CodedError INVENTORY_INVALID
 */
export function decodeAskables(mode: Askable["mode"], bytes: Uint8Array): readonly Askable[] {
  const length = ASKABLE_BYTES[mode];
  if (bytes.length % length !== 0) throw invalid(`${bytes.length} bytes end within a shard`);
  return Array.from({ length: bytes.length / length }, (_, at) =>
    decodeOne(mode, bytes.slice(at * length, (at + 1) * length)),
  );
}

function decodeOne(mode: Askable["mode"], bytes: Uint8Array): Askable {
  const entry = readEntry(bytes.subarray(0, ENTRY_BYTES));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (mode === "opening") {
    const [suite, sectors] = [view.getUint8(ENTRY_BYTES), view.getUint32(ENTRY_BYTES + 1)];
    const root = bytes.subarray(ENTRY_BYTES + 5);
    if (suite !== 1 && suite !== 2) throw invalid(`there is no curve ${suite}`);
    return { mode, entry, vector: { suite, sectors, root } };
  }
  const tokens = {
    count: view.getUint32(ENTRY_BYTES),
    root: bytes.subarray(ENTRY_BYTES + 4, ENTRY_BYTES + 36),
  };
  const [alg, number] = [view.getUint8(ENTRY_BYTES + 36), view.getUint32(ENTRY_BYTES + 37)];
  if (alg !== 1 && alg !== 2) throw invalid(`there is no algorithm ${alg}`);
  return { mode, entry, tokens, alg, number, seedCommit: bytes.subarray(ENTRY_BYTES + 41) };
}

/** The root over a slot's list, which binds it before the beacon. */
export function askableRoot(list: readonly Askable[]): Uint8Array {
  return merkleRoot(ASKABLE_HASHER, list.map(leafOf));
}

/** The hashes that show one shard to be at its place in a list. */
export async function askablePath(
  list: readonly Askable[],
  index: number,
): Promise<readonly Uint8Array[]> {
  const [path = []] = await inclusionPaths(ASKABLE_HASHER, list.map(leafOf), [index]);
  return path;
}

const leafOf = (askable: Askable) => ASKABLE_HASHER.leaf(encodeAskable(askable));

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("INVENTORY_INVALID", `no list of shards to ask about: ${message}`);
}
