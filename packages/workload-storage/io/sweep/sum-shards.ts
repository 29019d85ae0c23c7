import { type FileHandle, open } from "node:fs/promises";
import {
  COEFFICIENT_BYTES,
  coefficientsAt,
  ELEMENT_BYTES,
  PIECE_BYTES,
  type RowSum,
  rowsOf,
  type SweepSums,
  type ValueSum,
} from "@neurond/workload-storage/sweep";
import { nativeKeystreamAt } from "./native-keystream.ts";

/** A shard's bytes, read from the first to the last. */
export interface ShardBytes extends AsyncDisposable {
  /** Fills a buffer with the bytes from a place on; false when the shard ends before. */
  readWhole(into: Uint8Array, from: number): Promise<boolean>;
}

/** How the bytes of shards are come by, and which failures make a shard one to concede. */
export interface ShardSource {
  readonly open: (shard: ShardFilesToSum) => Promise<ShardBytes>;
  readonly concedes: (error: unknown) => boolean;
}

/** Shards as files. Whatever the disk says, an answer without a shard is better than none. */
export const FILES: ShardSource = {
  open: async ({ shardPath }) => {
    const file = await open(shardPath, "r");
    return {
      readWhole: (into, from) => readWhole(file, into, from),
      [Symbol.asyncDispose]: () => file.close(),
    };
  },
  concedes: () => true,
};

/** Where a shard and its tags of the period lie. */
export interface ShardFilesToSum {
  readonly index: number;
  readonly size: number;
  readonly firstRow: number;
  /** A path; of a source of its own, whatever that takes. */
  readonly shardPath: string;
  readonly tagsPath: string;
  /** The byte of the tags file at which the period's tags begin. */
  readonly tagsFrom: number;
}

export interface SumJob {
  readonly coefficientKey: Uint8Array;
  readonly shards: readonly ShardFilesToSum[];
}

/** Sums over the files of a job, or the shard that cannot be read: it must be conceded. */
export type SumResult = { readonly sums: SweepSums } | { readonly unreadable: number };

interface Piece {
  readonly shard: ShardFilesToSum;
  readonly from: number;
  readonly bytes: number;
}

interface ReadPiece extends Piece {
  readonly tags: Uint8Array;
}

/**
 * Reads shards once, in pieces of 256 rows into two buffers in turn, so that the disk is read while
 * the piece before is summed. Memory stays the same however much there is.
 */
export async function sumShards(
  { coefficientKey, shards }: SumJob,
  rows: RowSum,
  tags: ValueSum,
  source: ShardSource = FILES,
): Promise<SumResult> {
  await using files = new OpenShard(source);
  const pieces = piecesOf(shards);
  const readNext = (into: 0 | 1) => {
    const { value } = pieces.next();
    return value === undefined ? null : readPiece(files, value, rows.pieces[into]);
  };
  let which: 0 | 1 = 0;
  let reading = readNext(which);
  while (reading !== null) {
    const piece: ReadPiece | number = await reading.catch((error: unknown) => {
      rows.take();
      tags.take();
      throw error;
    });
    if (typeof piece === "number") {
      rows.take();
      tags.take();
      return { unreadable: piece };
    }
    const other: 0 | 1 = which === 0 ? 1 : 0;
    reading = readNext(other);
    const range = { from: piece.shard.firstRow + rowsOf(piece.from), rows: rowsOf(piece.bytes) };
    const coefficients = coefficientsAt(coefficientKey, range, nativeKeystreamAt);
    rows.add(which, piece.bytes, coefficients);
    tags.add(piece.tags, coefficients.subarray(0, range.rows * COEFFICIENT_BYTES));
    which = other;
  }
  return { sums: { columns: rows.take(), tag: tags.take() } };
}

function* piecesOf(shards: readonly ShardFilesToSum[]): Generator<Piece, undefined> {
  for (const shard of shards) {
    for (let from = 0; from < shard.size; from += PIECE_BYTES) {
      yield { shard, from, bytes: Math.min(PIECE_BYTES, shard.size - from) };
    }
  }
}

/** Reads a piece and its tags; the shard's index when either is missing, short or unreadable. */
async function readPiece(
  files: OpenShard,
  { shard, from, bytes }: Piece,
  into: Uint8Array,
): Promise<ReadPiece | number> {
  const tags = new Uint8Array(rowsOf(bytes) * ELEMENT_BYTES);
  const tagsFrom = shard.tagsFrom + rowsOf(from) * ELEMENT_BYTES;
  try {
    const { data, tag } = await files.of(shard);
    const [gotData, gotTags] = await Promise.all([
      data.readWhole(into.subarray(0, bytes), from),
      readWhole(tag, tags, tagsFrom),
    ]);
    return gotData && gotTags ? { shard, from, bytes, tags } : shard.index;
  } catch (error) {
    if (!files.source.concedes(error)) throw error;
    return shard.index;
  }
}

async function readWhole(file: FileHandle, into: Uint8Array, from: number): Promise<boolean> {
  let at = 0;
  while (at < into.length) {
    const { bytesRead } = await file.read(into, at, into.length - at, from + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** The files of the shard being read; those of the one before are closed. */
class OpenShard implements AsyncDisposable {
  readonly source: ShardSource;
  #index = -1;
  #open: { readonly data: ShardBytes; readonly tag: FileHandle } | null = null;

  constructor(source: ShardSource) {
    this.source = source;
  }

  async of(shard: ShardFilesToSum) {
    if (this.#open !== null && this.#index === shard.index) return this.#open;
    await this[Symbol.asyncDispose]();
    const data = await this.source.open(shard);
    try {
      this.#open = { data, tag: await open(shard.tagsPath, "r") };
    } catch (error) {
      await data[Symbol.asyncDispose]();
      throw error;
    }
    this.#index = shard.index;
    return this.#open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = this.#open;
    this.#open = null;
    await opened?.data[Symbol.asyncDispose]();
    await opened?.tag.close();
  }
}
