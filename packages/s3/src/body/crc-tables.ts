const SLICES = 8;

/** Tables of a reflected CRC for eight bytes at a time; of 32-bit ones the high halves are zero. */
export interface CrcTables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** Tables for a polynomial in reflected form, given in two halves of 32 bits. */
export function crcTables(low: number, high: number): CrcTables {
  const tables = { low: new Int32Array(SLICES * 256), high: new Int32Array(SLICES * 256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let [l, h] = [byte, 0];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (l & 1) !== 0;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (isOdd) {
        l ^= low;
        h ^= high;
      }
    }
    tables.low[byte] = l;
    tables.high[byte] = h;
  }
  for (let at = 256; at < SLICES * 256; at += 1) {
    const [l, h] = [tables.low[at - 256] ?? 0, tables.high[at - 256] ?? 0];
    const next = l & 0xff;
    tables.low[at] = ((l >>> 8) | (h << 24)) ^ (tables.low[next] ?? 0);
    tables.high[at] = (h >>> 8) ^ (tables.high[next] ?? 0);
  }
  return tables;
}
