import { Draw } from "@neurond/crypto";

/**
 * The leaves a seed asks for, ascending and distinct: `samples` of them, or all when there are not
 * more. A position is a leaf over all shards, so each 4 KiB is as likely as any other; a repeated
 * draw is skipped but used up.
 */
export function samplePositions(
  seed: Uint8Array,
  total: number,
  samples: number,
): readonly number[] {
  if (total <= samples) return Array.from({ length: total }, (_, position) => position);
  const draw = new Draw("sample/pos", seed);
  const positions = new Set<number>();
  while (positions.size < samples) positions.add(Number(draw.next(BigInt(total))));
  return [...positions].sort((a, b) => a - b);
}
