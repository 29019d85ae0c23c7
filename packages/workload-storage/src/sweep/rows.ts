import { ELEMENT_BYTES } from "./field.ts";

/** Bytes of a row: three leaves of a shard, so that rows can be shown to belong to a root. */
export const ROW_BYTES = 12_288;
/** Bytes of a sector, a little-endian number far below the prime. */
export const SECTOR_BYTES = 12;
/** Sectors of a row. */
export const SECTORS = 1024;
/** Rows worked on at once, 3 MiB: sums of so many products of 24 by 32 bits stay below 2^64. */
export const PIECE_ROWS = 256;
export const PIECE_BYTES = PIECE_ROWS * ROW_BYTES;
/** A coefficient has 72 bits. */
export const COEFFICIENT_BYTES = 9;

/** Rows of a shard; the last is filled with zeros for the computation only. */
export function rowsOf(size: number): number {
  return Math.ceil(size / ROW_BYTES);
}

/** Bytes of a shard's tags for one period. */
export function tagBytesOf(size: number): number {
  return ELEMENT_BYTES * rowsOf(size);
}
