import { mkdir, rm } from "node:fs/promises";
import {
  foldPeaks,
  type NodePlace,
  type NodeStore,
  peakPlaces,
  proveInclusion,
} from "@neurond/crypto";
import type { Signer } from "@neurond/ledger";
import { CodedError, type Hex, toHex } from "@neurond/primitives";
import { type Checkpoint, makeCheckpoint, readCheckpoint } from "@neurond/receipts";
import type { ReceiptCode } from "./errors.ts";
import { ledgerIdOf } from "./ledger-id.ts";
import { OpenSegment, openSegmentFiles, type PreparedReceipt } from "./open-segment.ts";
import { readLines } from "./read-lines.ts";
import { type Recovered, recoverSegment } from "./recover-segment.ts";
import { openSealedSegments, type SealedSegments } from "./sealed-segments.ts";
import { findInSegment, readSegmentNodes, readTexts } from "./segment-reader.ts";
import { SEGMENT_LEVEL, SEGMENT_SIZE, segmentFiles } from "./segment-shape.ts";
import type { ReceiptSettings } from "./settings.ts";
import { RECEIPT_TREE } from "./tree.ts";

export interface LedgerDeps {
  /** Signs heads; null keeps receipts unsigned, and every checkpoint says so. */
  readonly signer: Signer | null;
}

type Bounds = Pick<ReceiptSettings, "directory" | "maxBytes" | "retentionDays">;

/** Opens the ledger of a directory, as a crash may have left it. @throws CodedError RECEIPTS_DAMAGED */
export async function openReceiptLedger(
  settings: Bounds,
  { signer }: LedgerDeps,
): Promise<ReceiptLedger> {
  const { directory } = settings;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ledgerId = await ledgerIdOf(directory);
  const sealed = await openSealedSegments(directory);
  try {
    const recovered = await recoverSegment(directory, sealed.count, await sealed.tree());
    return new ReceiptLedger(settings, signer, ledgerId, sealed, recovered);
  } catch (error) {
    await sealed[Symbol.asyncDispose]();
    throw error;
  }
}

/** Where a receipt stands. */
export interface PlacedReceipt {
  readonly index: number;
  readonly text: string;
}

/** Receipts on disk, in the order they came, under one tree. One writer; reads go on beside it. */
export class ReceiptLedger implements AsyncDisposable {
  readonly #settings: Bounds;
  readonly #signer: Signer | null;
  readonly #ledgerId: string;
  readonly #sealed: SealedSegments;
  readonly #nodes: NodeStore = { readNodes: (places) => this.#readNodes(places) };
  #open: OpenSegment;
  #latest: Checkpoint | null;

  constructor(
    settings: Bounds,
    signer: Signer | null,
    ledgerId: string,
    sealed: SealedSegments,
    recovered: Recovered,
  ) {
    this.#settings = settings;
    this.#signer = signer;
    this.#ledgerId = ledgerId;
    this.#sealed = sealed;
    this.#open = recovered.segment;
    this.#latest = recovered.checkpoint ?? sealed.last?.checkpoint ?? null;
  }

  /** Receipts ever written. */
  get size(): number {
    return this.#open.size;
  }

  /** The first that is still kept. */
  get firstKept(): number {
    return this.#sealed.firstKept * SEGMENT_SIZE;
  }

  /** The newest head that was given out; null before the first. */
  get latest(): Checkpoint | null {
    return this.#latest;
  }

  /** Writes receipts; on return they survive a power cut. `nowMs` is for heads of segments that fill up. */
  async append(receipts: readonly PreparedReceipt[], nowMs: number): Promise<void> {
    for (let from = 0; from < receipts.length; ) {
      if (this.#open.room === 0) await this.#seal(nowMs);
      const part = receipts.slice(from, from + this.#open.room);
      await this.#open.append(part);
      from += part.length;
    }
  }

  /** The head of what is written, signed for a time by which every request's receipt is in it. */
  async checkpoint(timeMs: number): Promise<Checkpoint> {
    if (this.#latest?.size === this.size) return this.#latest;
    const checkpoint = this.#sign(Math.max(timeMs, this.#latest?.time_ms ?? 0));
    await this.#open.writeCheckpoint(checkpoint);
    this.#latest = checkpoint;
    return checkpoint;
  }

  /** A head over fewer receipts than the newest one, which reads as if it had been signed then. */
  async headAt(size: number, timeMs: number): Promise<Checkpoint> {
    if (this.#latest?.size === size) return this.#latest;
    const root = foldPeaks(RECEIPT_TREE, await this.#readNodes(peakPlaces(size)));
    const head = { ledgerId: this.#ledgerId, size, root, timeMs: Math.floor(timeMs) };
    return makeCheckpoint(head, this.#signer);
  }

  /** The newest receipt of a request. */
  async find(requestId: string): Promise<PlacedReceipt | undefined> {
    for (let segment = this.#open.number; segment >= this.#sealed.firstKept; segment -= 1) {
      const found = await findInSegment(this.#settings.directory, segment, requestId);
      if (found !== undefined)
        return { index: segment * SEGMENT_SIZE + found.place, text: found.text };
    }
    return undefined;
  }

  /** The hashes that prove receipt `index` under a checkpoint. @throws CodedError RECEIPTS_GONE */
  async prove(index: number, checkpoint: Checkpoint): Promise<readonly Hex[]> {
    return (await proveInclusion(RECEIPT_TREE, this.#nodes, index, checkpoint.size)).map(toHex);
  }

  /** The hashes that a reader who begins with receipt `index` takes the tree up from. */
  async peaks(index: number): Promise<readonly Hex[]> {
    return (await this.#readNodes(peakPlaces(index))).map(toHex);
  }

  /** Texts of receipts `from` up to, not including, `to`. @throws CodedError RECEIPTS_GONE */
  async *texts(from: number, to: number): AsyncGenerator<string> {
    for (let at = from; at < to; ) {
      const segment = Math.floor(at / SEGMENT_SIZE);
      if (segment < this.#sealed.firstKept) throw gone();
      const end = Math.min(to, (segment + 1) * SEGMENT_SIZE);
      const { directory } = this.#settings;
      for await (const text of readTexts(directory, segment, at - segment * SEGMENT_SIZE)) {
        if (at === end) break;
        yield text;
        at += 1;
      }
      if (at < end) throw gone();
    }
  }

  /** Checkpoints of kept receipts, oldest first, from the segment on before that in which `fromMs` lies. */
  async *checkpoints(fromMs: number): AsyncGenerator<Checkpoint> {
    const kept = this.#sealed.kept();
    const within = kept.find(({ checkpoint }) => checkpoint.time_ms >= fromMs)?.segment;
    const first = Math.max(this.#sealed.firstKept, (within ?? this.#sealed.count) - 1);
    for (let segment = first; segment <= this.#open.number; segment += 1) {
      const { checkpoints } = segmentFiles(this.#settings.directory, segment);
      for await (const { text } of readLines(checkpoints)) {
        const checkpoint = readCheckpoint(text);
        if (checkpoint !== undefined) yield checkpoint;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open[Symbol.asyncDispose]();
    await this.#sealed[Symbol.asyncDispose]();
  }

  #sign(timeMs: number): Checkpoint {
    const head = { size: this.size, root: this.#open.root(), timeMs: Math.floor(timeMs) };
    return makeCheckpoint({ ledgerId: this.#ledgerId, ...head }, this.#signer);
  }

  async #seal(nowMs: number): Promise<void> {
    const full = this.#open;
    const root = full.ownRoot;
    if (root === null) throw new Error(`segment ${full.number} is not full`);
    // Not a time by which all is in it: others of the same moment go into the next segment.
    const timeMs = Math.min(nowMs, this.#latest?.time_ms ?? 0);
    const checkpoint = this.#latest?.size === this.size ? this.#latest : this.#sign(timeMs);
    if (checkpoint !== this.#latest) await full.writeCheckpoint(checkpoint);
    const { firstMs, lastMs } = full.times;
    await this.#sealed.seal({
      segment: full.number,
      root: toHex(root).slice(2),
      first_ms: firstMs,
      last_ms: lastMs,
      bytes: full.bytes,
      checkpoint,
    });
    const { directory } = this.#settings;
    const files = await openSegmentFiles(directory, this.#sealed.count);
    this.#open = new OpenSegment(this.#sealed.count, await this.#sealed.tree(), files);
    this.#latest = checkpoint;
    await full[Symbol.asyncDispose]();
    await this.#forgetOld(nowMs);
  }

  async #forgetOld(nowMs: number): Promise<void> {
    const { directory, maxBytes, retentionDays } = this.#settings;
    const oldestMs = nowMs - retentionDays * 86_400_000;
    let bytes = this.#sealed.kept().reduce((sum, sealed) => sum + sealed.bytes, 0);
    for (const sealed of this.#sealed.kept()) {
      if (bytes <= maxBytes && sealed.last_ms >= oldestMs) return;
      this.#sealed.forgetOldest();
      bytes -= sealed.bytes;
      const paths = segmentFiles(directory, sealed.segment);
      for (const path of Object.values(paths)) await rm(path, { force: true });
    }
  }

  async #readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]> {
    const isAbove = ({ level }: NodePlace) => level >= SEGMENT_LEVEL;
    const above = await this.#sealed.readNodes(places.filter(isAbove));
    const below = await readSegmentNodes(
      this.#settings.directory,
      places.filter((place) => !isAbove(place)),
    );
    const [nextAbove, nextBelow] = [above.values(), below.values()];
    return places.map((place) => {
      const { value } = (isAbove(place) ? nextAbove : nextBelow).next();
      if (value === undefined) throw new Error("fewer hashes than places");
      return value;
    });
  }
}

function gone(): CodedError<ReceiptCode> {
  return new CodedError(
    "RECEIPTS_GONE",
    "these receipts are older than what is kept; ask for later ones",
  );
}
