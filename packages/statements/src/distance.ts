/** Sum of absolute differences of two maps; a key of one alone counts whole. */
export function distance(a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): bigint {
  let total = 0n;
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const gap = (a.get(key) ?? 0n) - (b.get(key) ?? 0n);
    total += gap < 0n ? -gap : gap;
  }
  return total;
}
