import { numberFromReversedBytes } from "../integers.ts";

/** Bytes of a sector: one less than a scalar, so that every value is below both groups' orders. */
export const SECTOR_BYTES = 31;
/** The fewest and most sectors of a block; in between only powers of two, which folding halves. */
export const OPENING_SECTORS = { min: 4, usual: 64, max: 1024 } as const;

/** Whether blocks can have so many sectors. */
export function isSectorCount(sectors: number): boolean {
  return (
    Number.isInteger(Math.log2(sectors)) &&
    sectors >= OPENING_SECTORS.min &&
    sectors <= OPENING_SECTORS.max
  );
}

/** Bytes of a block of `sectors` sectors. */
export function blockBytes(sectors: number): number {
  return SECTOR_BYTES * sectors;
}

/** Blocks of a shard of `size` bytes. */
export function blocksOf(size: number, sectors: number): number {
  return Math.ceil(size / blockBytes(sectors));
}

/**
 * The values of a block's sectors: one more than their little-endian integers, so that a block of
 * zeros does not commit to the identity. A short last block counts as filled with zero bytes.
 */
export function sectorValues(block: Uint8Array, sectors: number): readonly bigint[] {
  return Array.from(
    { length: sectors },
    (_, at) =>
      1n + numberFromReversedBytes(block.subarray(at * SECTOR_BYTES, (at + 1) * SECTOR_BYTES)),
  );
}
