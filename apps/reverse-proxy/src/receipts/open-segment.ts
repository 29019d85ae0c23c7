import type { MerkleBuilder, MerkleNode } from "@neurond/crypto";
import type { Checkpoint } from "@neurond/receipts";
import { type AppendFile, openAppendFile } from "./append-file.ts";
import { indexEntry, SEGMENT_LEVEL, SEGMENT_SIZE, segmentFiles } from "./segment-shape.ts";

/** A receipt about to be written. */
export interface PreparedReceipt {
  readonly text: string;
  readonly leaf: Uint8Array;
  readonly requestId: string;
  readonly timeMs: number;
}

type Files = Readonly<Record<keyof ReturnType<typeof segmentFiles>, AppendFile>>;

/** Opens the files of a segment, new or old. */
export async function openSegmentFiles(directory: string, segment: number): Promise<Files> {
  const { texts, checkpoints, tree, index } = segmentFiles(directory, segment);
  return {
    texts: await openAppendFile(texts),
    checkpoints: await openAppendFile(checkpoints),
    tree: await openAppendFile(tree),
    index: await openAppendFile(index),
  };
}

/** The segment that is being written, and the tree over all receipts up to its end. */
export class OpenSegment implements AsyncDisposable {
  readonly number: number;
  readonly #files: Files;
  #tree: MerkleBuilder;
  #firstMs: number | null = null;
  #lastMs = 0;
  /** Of this segment, once it is full. */
  #ownRoot: Uint8Array | null = null;

  constructor(number: number, tree: MerkleBuilder, files: Files) {
    this.number = number;
    this.#tree = tree;
    this.#files = files;
  }

  /** Receipts of the whole ledger. */
  get size(): number {
    return this.#tree.size;
  }

  get room(): number {
    return (this.number + 1) * SEGMENT_SIZE - this.#tree.size;
  }

  get bytes(): number {
    const { texts, checkpoints, tree, index } = this.#files;
    return texts.size + checkpoints.size + tree.size + index.size;
  }

  get times(): { readonly firstMs: number; readonly lastMs: number } {
    return { firstMs: this.#firstMs ?? this.#lastMs, lastMs: this.#lastMs };
  }

  /** Of the full segment; null before. */
  get ownRoot(): Uint8Array | null {
    return this.#ownRoot;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  /** Writes receipts, no more than there is room for; on return they survive a power cut. */
  async append(receipts: readonly PreparedReceipt[]): Promise<void> {
    const { texts, tree: hashes, index } = this.#files;
    const before = { texts: texts.size, hashes: hashes.size, index: index.size };
    const tree = this.#tree.copy();
    const nodes = receipts.flatMap(({ leaf }) => tree.append(leaf));
    try {
      await texts.append(Buffer.from(receipts.map(({ text }) => `${text}\n`).join("")));
      await texts.sync();
      await this.#appendDerived(receipts, nodes, before.texts);
    } catch (error) {
      // All or nothing: what could be written a second time must not be there once.
      await Promise.allSettled([
        texts.cut(before.texts),
        hashes.cut(before.hashes),
        index.cut(before.index),
      ]);
      throw error;
    }
    this.#note(tree, receipts, nodes);
  }

  /** Takes in receipts that are in the file of texts already. */
  async adopt(receipts: readonly PreparedReceipt[], textOffset: number): Promise<void> {
    const nodes = receipts.flatMap(({ leaf }) => this.#tree.append(leaf));
    await this.#appendDerived(receipts, nodes, textOffset);
    this.#note(this.#tree, receipts, nodes);
  }

  /** Forgets what was made of texts: it is made again as they are adopted. */
  async dropDerived(): Promise<void> {
    await this.#files.tree.cut(0);
    await this.#files.index.cut(0);
  }

  /** Cuts off what a crash left behind whole lines. */
  async cut(textBytes: number, checkpointBytes: number): Promise<void> {
    await this.#files.texts.cut(textBytes);
    await this.#files.checkpoints.cut(checkpointBytes);
  }

  async writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await this.#files.checkpoints.append(Buffer.from(`${JSON.stringify(checkpoint)}\n`));
  }

  async #appendDerived(
    receipts: readonly PreparedReceipt[],
    nodes: readonly MerkleNode[],
    firstOffset: number,
  ): Promise<void> {
    const own = nodes.filter(({ level }) => level <= SEGMENT_LEVEL);
    let offset = firstOffset;
    const entries = receipts.map(({ requestId, text }) => {
      const entry = indexEntry(requestId, offset);
      offset += Buffer.byteLength(text) + 1;
      return entry;
    });
    await this.#files.tree.append(Buffer.concat(own.map(({ hash }) => hash)));
    await this.#files.index.append(Buffer.concat(entries));
  }

  #note(
    tree: MerkleBuilder,
    receipts: readonly PreparedReceipt[],
    nodes: readonly MerkleNode[],
  ): void {
    this.#tree = tree;
    this.#firstMs ??= receipts[0]?.timeMs ?? null;
    this.#lastMs = receipts.at(-1)?.timeMs ?? this.#lastMs;
    this.#ownRoot = nodes.find(({ level }) => level === SEGMENT_LEVEL)?.hash ?? this.#ownRoot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { texts, checkpoints, tree, index } = this.#files;
    await Promise.all([texts, checkpoints, tree, index].map((file) => file[Symbol.asyncDispose]()));
  }
}
