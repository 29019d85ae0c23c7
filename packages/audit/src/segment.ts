import {
  foldPeaks,
  MemoryNodes,
  MerkleBuilder,
  peakPlaces,
  proveInclusion,
  RFC6962,
} from "@neurond/crypto";
import { decodeEntry, entryLeaf, type LogEntry } from "@neurond/ledger";
import { fromHex, toHex } from "@neurond/primitives";
import { z } from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A stretch of a log: the hashes of what stands before it, then the texts themselves. */
export const Segment = z.strictObject({
  /** Entries before. */
  from: z.int().min(0),
  /** Hashes of the complete subtrees that the entries before make up, left to right. */
  peaks: z.array(hash).max(53),
  texts: z.array(z.string().max(4_194_304)).max(1_000_000),
});
export type Segment = Readonly<z.infer<typeof Segment>>;

/** An entry with the proof that it stands under a head. */
export const ProvenEntry = z.strictObject({
  text: z.string().max(4_194_304),
  index: z.int().min(0),
  proof: z.array(z.string().regex(/^0x[0-9a-f]{64}$/)).max(64),
});
export type ProvenEntry = Readonly<z.infer<typeof ProvenEntry>>;

/** An entry of a segment, read. */
export interface PlacedEntry {
  readonly index: number;
  readonly text: string;
  /** Null for a text that is no entry. */
  readonly entry: LogEntry | null;
}

/** A segment as a tree: the root of every head inside it, and proofs of its entries. */
export class OpenSegment {
  readonly from: number;
  readonly entries: readonly PlacedEntry[];
  readonly #nodes = new MemoryNodes();
  readonly #segment: Segment;

  private constructor(segment: Segment) {
    const { from, peaks, texts } = segment;
    this.#segment = segment;
    this.from = from;
    const hashes = peaks.map((text) => fromHex(text));
    this.#nodes.add(
      peakPlaces(from).map((place, at) => ({ ...place, hash: hashes[at] ?? RFC6962.empty })),
    );
    const builder = new MerkleBuilder(RFC6962, from, hashes);
    for (const text of texts) this.#nodes.add(builder.append(entryLeaf(text)));
    this.entries = texts.map((text, at) => ({ index: from + at, text, entry: decodeEntry(text) }));
  }

  /** Opens a segment; null when its peaks cannot be those of so many entries. */
  static open(segment: Segment): OpenSegment | null {
    const isWhole = segment.peaks.length === peakPlaces(segment.from).length;
    return isWhole && segment.texts.every((text) => text.isWellFormed())
      ? new OpenSegment(segment)
      : null;
  }

  /** Entries from the beginning of the log to the segment's end. */
  get size(): number {
    return this.from + this.entries.length;
  }

  /** The root of the log when it had `size` entries; null outside the segment. */
  async rootAt(size: number): Promise<string | null> {
    if (!Number.isSafeInteger(size) || size < this.from || size > this.size) return null;
    const peaks = await this.#nodes.readNodes(peakPlaces(size));
    return toHex(foldPeaks(RFC6962, peaks)).slice(2);
  }

  /** An entry of the segment under the head of `size` entries. */
  async prove(index: number, size: number): Promise<ProvenEntry> {
    const text = this.#segment.texts[index - this.from] ?? "";
    const proof = await proveInclusion(RFC6962, this.#nodes, index, size);
    return { text, index, proof: proof.map(toHex) };
  }

  /** The part of the segment between two sizes of the log, as a segment of its own. */
  async slice(from: number, to: number): Promise<Segment> {
    const peaks = await this.#nodes.readNodes(peakPlaces(from));
    return {
      from,
      peaks: peaks.map((peak) => toHex(peak).slice(2)),
      texts: this.#segment.texts.slice(from - this.from, to - this.from),
    };
  }
}
