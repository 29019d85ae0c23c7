import {
  foldPeaks,
  MemoryNodes,
  MerkleBuilder,
  proveInclusion,
  RFC6962,
  type TreeHasher,
} from "@neurond/crypto";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Cells } from "../csv/reader.ts";
import { exportsError } from "../errors.ts";
import { INVOCATION_COLUMNS } from "../rows/invocation.ts";
import type { LeafProof, RowProof } from "./proof.ts";

/** How many rows a tree has and what they hash to. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A row as a tree holds it. */
export interface TreeRow {
  /** Lower case; rows are in the order of its code units. */
  readonly invocationId: string;
  /** The text whose hash is the leaf. */
  readonly content: string;
}

/**
 * The content of a leaf: the JSON (RFC 8785; a list of strings has one) of a version and the cells of a row, as text, in the order of
 * `INVOCATION_COLUMNS`. It is made from the cells and not from numbers, so that whoever holds the CSV
 * gets the same leaf, whatever its column order.
 */
export function treeRows(header: Cells): (cells: Cells) => TreeRow {
  const places = INVOCATION_COLUMNS.map((name) => header.indexOf(name));
  const idPlace = header.indexOf("invocation_id");
  return (cells) => {
    const invocationId = cells[idPlace]?.toLowerCase() ?? "";
    if (invocationId === "") throw exportsError("TREE_INVALID", "a row has no invocation_id");
    const values = places.map((place) => cells[place] ?? "");
    const content = JSON.stringify(["neurond/invocation/v1", ...values]);
    return { invocationId, content };
  };
}

/** The tree over the invocations of one hour, sorted by id, which makes absence provable. */
export class InvocationTree {
  readonly #hasher: TreeHasher;
  readonly #rows: readonly TreeRow[];
  readonly #nodes = new MemoryNodes();
  readonly head: TreeHead;

  /** @throws CodedError TREE_INVALID when an id is there twice */
  constructor(rows: readonly TreeRow[], hasher: TreeHasher = RFC6962) {
    this.#hasher = hasher;
    this.#rows = sorted(rows);
    const builder = new MerkleBuilder(hasher);
    for (const { content } of this.#rows)
      this.#nodes.add(builder.append(hasher.leaf(utf8ToBytes(content))));
    this.head = { size: builder.size, root: builder.root() };
  }

  /** That the invocation is in the tree, with its row, or that it is not, with its neighbours. */
  async prove(invocationId: string): Promise<RowProof> {
    const id = invocationId.toLowerCase();
    const place = lowerBound(this.#rows, id);
    if (this.#rows[place]?.invocationId === id) {
      return { kind: "present", invocationId: id, leaf: await this.#leaf(place) };
    }
    const before = place > 0 ? await this.#leaf(place - 1) : null;
    const after = place < this.#rows.length ? await this.#leaf(place) : null;
    return { kind: "absent", invocationId: id, before, after };
  }

  async #leaf(index: number): Promise<LeafProof> {
    const row = this.#rows[index];
    if (row === undefined) throw exportsError("TREE_INVALID", `there is no leaf ${index}`);
    const siblings = await proveInclusion(this.#hasher, this.#nodes, index, this.head.size);
    return { index, invocationId: row.invocationId, content: row.content, siblings };
  }
}

/** A row of which only the hash is kept. */
export interface TreeLeaf {
  readonly invocationId: string;
  readonly leafHash: Uint8Array;
}

/** The leaf of a row. A runtime that hashes text by itself does so several times faster than `hashLeaf`. */
export function treeLeaf(
  { invocationId, content }: TreeRow,
  hash: (content: string) => Uint8Array = hashLeaf,
): TreeLeaf {
  return { invocationId, leafHash: hash(content) };
}

/** SHA-256 over a zero byte and the UTF-8 of a row's content (RFC 6962 section 2.1). */
export const hashLeaf = (content: string): Uint8Array => RFC6962.leaf(utf8ToBytes(content));

/** The head alone, for which the rows' hashes are enough. @throws CodedError TREE_INVALID */
export function treeHead(leaves: readonly TreeLeaf[], hasher: TreeHasher = RFC6962): TreeHead {
  const builder = new MerkleBuilder(hasher);
  for (const { leafHash } of sorted(leaves)) builder.append(leafHash);
  return { size: builder.size, root: builder.root() };
}

/** The head of an hour without invocations. */
export const EMPTY_TREE: TreeHead = { size: 0, root: foldPeaks(RFC6962, []) };

function sorted<Row extends { readonly invocationId: string }>(
  rows: readonly Row[],
): readonly Row[] {
  const list = [...rows].sort((a, b) =>
    a.invocationId < b.invocationId ? -1 : a.invocationId > b.invocationId ? 1 : 0,
  );
  const twice = list.find((row, index) => list[index + 1]?.invocationId === row.invocationId);
  if (twice === undefined) return list;
  throw exportsError("TREE_INVALID", `invocation ${twice.invocationId} is there twice`, {
    invocationId: twice.invocationId,
  });
}

/** The first place whose id is not below `id`. */
function lowerBound(rows: readonly TreeRow[], id: string): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.invocationId ?? "") < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
