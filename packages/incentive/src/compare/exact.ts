/** One value that is not the same on both sides; null where a side has none. */
export interface ExactDifference {
  readonly key: string;
  readonly ours: bigint | null;
  readonly theirs: bigint | null;
}

/**
 * Compares integers that must be equal: medians in millionths, or weights, of a validator whose rules
 * are integer. Empty when they are; otherwise every difference, ascending by key.
 */
export function compareExactly(
  ours: ReadonlyMap<string, number | bigint>,
  theirs: ReadonlyMap<string, number | bigint>,
): readonly ExactDifference[] {
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return keys
    .map((key) => ({ key, ours: integerOf(ours, key), theirs: integerOf(theirs, key) }))
    .filter((pair) => pair.ours !== pair.theirs);
}

function integerOf(values: ReadonlyMap<string, number | bigint>, key: string): bigint | null {
  const value = values.get(key);
  return value === undefined ? null : BigInt(value);
}
