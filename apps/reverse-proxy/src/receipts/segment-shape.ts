import { hash } from "node:crypto";
import { join } from "node:path";
import type { NodePlace } from "@neurond/crypto";

/** A segment is a complete subtree of the ledger's tree: 2^14 receipts, some 20 MB. */
export const SEGMENT_LEVEL = 14;
export const SEGMENT_SIZE = 2 ** SEGMENT_LEVEL;

const NODE_BYTES = 32;
/** Of an id, and where its text begins. */
const ID_BYTES = 10;
const OFFSET_BYTES = 6;
const INDEX_BYTES = ID_BYTES + OFFSET_BYTES;

/** The files of one segment. Texts are what counts; tree and index can be made from them again. */
export function segmentFiles(directory: string, segment: number) {
  const stem = join(directory, String(segment).padStart(8, "0"));
  return {
    texts: `${stem}.ndjson`,
    checkpoints: `${stem}.checkpoints`,
    tree: `${stem}.tree`,
    index: `${stem}.index`,
  };
}

/** The segment that holds a subtree of at most its own size, and the place of that in it. */
export function placeInSegment({ level, index }: NodePlace) {
  const perSegment = 2 ** (SEGMENT_LEVEL - level);
  const segment = Math.floor(index / perSegment);
  return { segment, place: { level, index: index - segment * perSegment } };
}

/**
 * Where a node's hash begins in a segment's tree file. Nodes are written as they complete: before leaf
 * `k` there are `2k - popcount(k)`, and a node of level n comes n after the last leaf below it.
 */
export function nodeOffset({ level, index }: NodePlace): number {
  const lastLeaf = (index + 1) * 2 ** level - 1;
  return (2 * lastLeaf - popcount(lastLeaf) + level) * NODE_BYTES;
}

function popcount(value: number): number {
  let bits = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** The beginning of an id's hash: finds receipts, and is checked against their text. */
export function idKey(requestId: string): Buffer {
  return hash("sha256", requestId, "buffer").subarray(0, ID_BYTES);
}

/** Writes one entry of a segment's index. */
export function indexEntry(requestId: string, textOffset: number): Buffer {
  const entry = Buffer.alloc(INDEX_BYTES);
  idKey(requestId).copy(entry);
  entry.writeUIntBE(textOffset, ID_BYTES, OFFSET_BYTES);
  return entry;
}

/** Where the text of receipt `place` of a segment begins. */
export function textOffset(index: Buffer, place: number): number {
  return index.readUIntBE(place * INDEX_BYTES + ID_BYTES, OFFSET_BYTES);
}

/** Places of receipts with this id in a segment, the newest first; hashes can be alike, so look at the text. */
export function placesOf(index: Buffer, key: Buffer): number[] {
  const places: number[] = [];
  for (let from = index.length; from >= 0; ) {
    const at = index.lastIndexOf(key, from);
    if (at < 0) break;
    if (at % INDEX_BYTES === 0) places.push(at / INDEX_BYTES);
    from = at - 1;
    if (from < 0) break;
  }
  return places;
}
