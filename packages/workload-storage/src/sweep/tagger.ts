import { HEAP_BASE, loadSweepKernel } from "@neurond/kernels";
import { ELEMENT_BYTES, P, readNumber, readReduced, writeElement } from "./field.ts";
import { PIECE_BYTES, PIECE_ROWS, ROW_BYTES, rowsOf, SECTOR_BYTES, SECTORS } from "./rows.ts";
import { WEIGHTS_BYTES, weightDigits } from "./weight-digits.ts";

/**
 * Makes the linear parts of tags, for several periods in one pass over the data. They are secret
 * until masks are added: each is an equation in the weights.
 */
export interface Tagger {
  /** A buffer for a piece of up to 256 rows. */
  readonly piece: Uint8Array;
  /** The linear parts of the rows in the piece's first `bytes` bytes, per period. The piece is spoilt. */
  linear(bytes: number): readonly Uint8Array[];
  /** Adds masks to linear parts in place, which makes them tags. */
  addMasks(tags: Uint8Array, masks: Uint8Array): void;
  /** Overwrites weights and all that was computed with them. */
  wipe(): void;
}

/** A tagger with SIMD where there is some, with the weights of each period. */
export function tagger(periods: readonly (readonly bigint[])[]): Tagger {
  return kernelTagger(periods) ?? bigintTagger(periods);
}

/** Plain arithmetic: what the kernel must equal, and what serves without SIMD. Not in constant time. */
export function bigintTagger(periods: readonly (readonly bigint[])[]): Tagger {
  const piece = new Uint8Array(PIECE_BYTES);
  return {
    piece,
    linear(bytes) {
      piece.fill(0, bytes, rowsOf(bytes) * ROW_BYTES);
      return periods.map((weights) => {
        const tags = new Uint8Array(rowsOf(bytes) * ELEMENT_BYTES);
        for (let row = 0; row < rowsOf(bytes); row += 1) {
          const value = linearTag(piece.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES), weights);
          writeElement(tags, row * ELEMENT_BYTES, value);
        }
        return tags;
      });
    },
    addMasks(tags, masks) {
      for (let at = 0; at < tags.length; at += ELEMENT_BYTES) {
        writeElement(tags, at, (readReduced(tags, at) + readReduced(masks, at)) % P);
      }
    },
    wipe: () => piece.fill(0),
  };
}

/** The linear part of one row's tag; what is missing of a row counts as zeros. */
export function linearTag(row: Uint8Array, weights: readonly bigint[]): bigint {
  let sum = 0n;
  for (let sector = 0; sector < SECTORS; sector += 1) {
    sum += (weights[sector] ?? 0n) * readNumber(row, sector * SECTOR_BYTES, SECTOR_BYTES);
  }
  return sum % P;
}

/** Rows between changes of period: with their share of weights they stay in the L2 cache. */
const BLOCK_ROWS = 32;
const SCRATCH_BYTES = BLOCK_ROWS * 192;
const TAGS_BYTES = PIECE_ROWS * ELEMENT_BYTES;

function kernelTagger(periods: readonly (readonly bigint[])[]): Tagger | null {
  const scratch = HEAP_BASE + PIECE_BYTES;
  const tagsAt = scratch + SCRATCH_BYTES;
  const weightsAt = tagsAt + TAGS_BYTES;
  const masksAt = weightsAt + periods.length * WEIGHTS_BYTES;
  const kernel = loadSweepKernel(masksAt + TAGS_BYTES - HEAP_BASE);
  if (kernel === null) return null;
  const memory = new Uint8Array(kernel.memory.buffer);
  for (const [at, weights] of periods.entries()) {
    memory.set(weightDigits(weights), weightsAt + at * WEIGHTS_BYTES);
  }
  return {
    piece: memory.subarray(HEAP_BASE, HEAP_BASE + PIECE_BYTES),
    linear(bytes) {
      const rows = rowsOf(bytes);
      // Blocks have an even number of rows: a row of zeros follows an odd last one.
      const whole = Math.min(PIECE_BYTES, (rows + (rows % 2)) * ROW_BYTES);
      memory.fill(0, HEAP_BASE + bytes, HEAP_BASE + whole);
      kernel.functions.centre(HEAP_BASE, whole);
      const sets = periods.map(() => new Uint8Array(rows * ELEMENT_BYTES));
      for (let from = 0; from < rows; from += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, rows - from);
        for (const [at, set] of sets.entries()) {
          const data = HEAP_BASE + from * ROW_BYTES;
          const weights = weightsAt + at * WEIGHTS_BYTES;
          kernel.functions.tagRows(data, count + (count % 2), weights, scratch, tagsAt);
          set.set(memory.subarray(tagsAt, tagsAt + count * ELEMENT_BYTES), from * ELEMENT_BYTES);
        }
      }
      return sets;
    },
    addMasks(tags, masks) {
      for (let from = 0; from < tags.length; from += TAGS_BYTES) {
        const part = tags.subarray(from, from + TAGS_BYTES);
        memory.set(part, tagsAt);
        memory.set(masks.subarray(from, from + part.length), masksAt);
        kernel.functions.addMasks(tagsAt, masksAt, part.length / ELEMENT_BYTES);
        part.set(memory.subarray(tagsAt, tagsAt + part.length));
      }
    },
    wipe: () => memory.fill(0),
  };
}
