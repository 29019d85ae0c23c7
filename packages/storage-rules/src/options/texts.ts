const SIZE = /^(\d+(?:\.\d{1,3})?)\s*(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$/i;
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const TIME = /^(\d{1,10})\s*(s|h|d)?$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, h: 3600, d: 86_400 };
const BLOCK_SECONDS = 12;

/** Bytes of a size: `2 GB` is two thousand million, `2 GiB` two times 2^30, a bare number bytes. */
export function bytesOf(text: string): number {
  const [, amount, unit = "B"] = SIZE.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new RangeError(`"${text.slice(0, 40)}" is no size: write it like 2 GB`);
}

/** Blocks of a lifetime: a bare number counts blocks, `600000s`, `24h` and `30d` are time at 12 s a block. */
export function blocksOf(text: string): number {
  const [, amount, unit] = TIME.exec(text.trim()) ?? [];
  if (amount !== undefined) {
    if (unit === undefined) return Number(amount);
    return Math.ceil((Number(amount) * (SECONDS[unit] ?? 0)) / BLOCK_SECONDS);
  }
  throw new RangeError(`"${text.slice(0, 40)}" is no lifetime: write blocks, or time like 30d`);
}

/** A number without an exponent, as amounts want it. */
export function decimal(value: string | number): string {
  if (typeof value === "string") return value.trim();
  return value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 9 });
}
