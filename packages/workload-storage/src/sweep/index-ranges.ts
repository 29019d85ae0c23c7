import { z } from "zod";
import { field } from "../fields.ts";

/** The most runs of neighbours; a list that is more ragged is cut, and what is cut is not swept. */
const MAX_RANGES = 65_536;

/**
 * Ascending indices of an inventory as runs `[first, count]` of neighbours: usually all entries have
 * grants, and then it is one pair however many there are.
 */
export const IndexRanges = z
  .array(z.tuple([field.u32, field.u32.min(1)]))
  .max(MAX_RANGES)
  .refine((ranges) => ranges.every(([from], at) => from > endOf(ranges[at - 1])));
export type IndexRanges = z.infer<typeof IndexRanges>;

/** One past a range's last index is free for no other range: they would be one. */
function endOf(range: readonly [number, number] | undefined): number {
  return range === undefined ? -1 : range[0] + range[1];
}

/** The runs that ascending indices make up. */
export function rangesOf(indices: readonly number[]): IndexRanges {
  const ranges: [number, number][] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last !== undefined && last[0] + last[1] === index) last[1] += 1;
    else if (ranges.length === MAX_RANGES) break;
    else ranges.push([index, 1]);
  }
  return ranges;
}

/** The indices of runs, of an inventory of `count` entries; null when they reach beyond it. */
export function indicesOf(ranges: IndexRanges, count: number): readonly number[] | null {
  if (ranges.some(([from, length]) => from + length > count)) return null;
  return ranges.flatMap(([from, length]) => Array.from({ length }, (_, at) => from + at));
}
