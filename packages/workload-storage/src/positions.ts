import { Draw } from "@neurond/crypto";

/**
 * The leaves a seed asks for, ascending and distinct: `samples` of them, or all when there are not
 * more. A position is a leaf over all shards, so each 4 KiB is as likely as any other.
 */
export function samplePositions(
  seed: Uint8Array,
  total: number,
  samples: number,
): readonly number[] {
  return drawPositions("sample/pos", seed, { total, wanted: samples });
}

/**
 * Ascending, distinct positions below `total`: `wanted` of them, or all when there are not more. A
 * repeated draw is skipped but used up.
 */
export function drawPositions(
  label: string,
  seed: Uint8Array,
  { total, wanted }: { readonly total: number; readonly wanted: number },
): readonly number[] {
  if (total <= wanted) return Array.from({ length: total }, (_, position) => position);
  const draw = new Draw(label, seed);
  const positions = new Set<number>();
  while (positions.size < wanted) positions.add(Number(draw.next(BigInt(total))));
  return [...positions].sort((a, b) => a - b);
}
