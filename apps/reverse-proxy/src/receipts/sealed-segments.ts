import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { MemoryNodes, MerkleBuilder, type MerkleNode, peakPlaces } from "@neurond/crypto";
import { CodedError, fromHex } from "@neurond/primitives";
import { Checkpoint } from "@neurond/receipts";
import { z } from "zod";
import { type AppendFile, openAppendFile } from "./append-file.ts";
import type { ReceiptCode } from "./errors.ts";
import { readLines } from "./read-lines.ts";
import { SEGMENT_LEVEL, segmentFiles } from "./segment-shape.ts";
import { RECEIPT_TREE } from "./tree.ts";

const Sealed = z.strictObject({
  segment: z.int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  first_ms: z.int(),
  last_ms: z.int(),
  /** Of all its files. */
  bytes: z.int().min(0),
  /** Over all receipts up to its end. */
  checkpoint: Checkpoint,
});

/** A segment that is full; its hash is kept when its receipts are gone. */
export type Sealed = Readonly<z.infer<typeof Sealed>>;

/** The full segments of a ledger, and the tree above them. */
export class SealedSegments implements AsyncDisposable {
  readonly #directory: string;
  readonly #file: AppendFile;
  readonly #list: Sealed[] = [];
  readonly #nodes = new MemoryNodes();
  readonly #above = new MerkleBuilder(RECEIPT_TREE);
  /** The first of which the receipts are kept. */
  #firstKept = 0;

  constructor(directory: string, file: AppendFile) {
    this.#directory = directory;
    this.#file = file;
  }

  get count(): number {
    return this.#list.length;
  }

  get firstKept(): number {
    return this.#firstKept;
  }

  get last(): Sealed | undefined {
    return this.#list.at(-1);
  }

  /** Those whose receipts are kept, oldest first. */
  kept(): readonly Sealed[] {
    return this.#list.slice(this.#firstKept);
  }

  /** A builder of the whole tree that goes on behind them. */
  async tree(): Promise<MerkleBuilder> {
    const peaks = await this.#nodes.readNodes(peakPlaces(this.count));
    return new MerkleBuilder(RECEIPT_TREE, this.count * 2 ** SEGMENT_LEVEL, peaks);
  }

  /** Hashes of whole segments and above, at their places in the whole tree. */
  readNodes(places: readonly { readonly level: number; readonly index: number }[]) {
    const above = places.map(({ level, index }) => ({ level: level - SEGMENT_LEVEL, index }));
    return this.#nodes.readNodes(above);
  }

  /** Takes a segment in, for good. */
  async seal(sealed: Sealed): Promise<void> {
    await this.#file.append(Buffer.from(`${JSON.stringify(sealed)}\n`));
    await this.#file.sync();
    this.#enter(sealed);
  }

  /** Says that the receipts of the oldest kept segment are gone. */
  forgetOldest(): void {
    this.#firstKept += 1;
  }

  /** Reads what was sealed before; a line that a crash cut off is cut away. */
  async load(path: string): Promise<void> {
    let end = 0;
    for await (const line of readLines(path)) {
      const sealed = readSealed(line.text);
      if (sealed === undefined || sealed.segment !== this.count) {
        throw new CodedError<ReceiptCode>(
          "RECEIPTS_DAMAGED",
          `${path} line ${this.count + 1} is not segment ${this.count}; keep the directory and give another`,
        );
      }
      this.#enter(sealed);
      end = line.end;
    }
    await this.#file.cut(end);
    for (const { segment } of this.#list) {
      const isKept = await access(segmentFiles(this.#directory, segment).texts).then(
        () => true,
        () => false,
      );
      if (!isKept) this.#firstKept = segment + 1;
    }
    // A crash in the middle of deleting leaves the rest of one segment.
    if (this.#firstKept > 0)
      for (const rest of Object.values(segmentFiles(this.#directory, this.#firstKept - 1)))
        await rm(rest, { force: true });
  }

  #enter(sealed: Sealed): void {
    this.#list.push(sealed);
    const nodes: readonly MerkleNode[] = this.#above.append(fromHex(sealed.root));
    this.#nodes.add(nodes);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file[Symbol.asyncDispose]();
  }
}

/** Opens the list of full segments of a directory. @throws CodedError RECEIPTS_DAMAGED */
export async function openSealedSegments(directory: string): Promise<SealedSegments> {
  const path = join(directory, "sealed.ndjson");
  const segments = new SealedSegments(directory, await openAppendFile(path));
  try {
    await segments.load(path);
    return segments;
  } catch (error) {
    await segments[Symbol.asyncDispose]();
    throw error;
  }
}

function readSealed(text: string): Sealed | undefined {
  try {
    return Sealed.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
