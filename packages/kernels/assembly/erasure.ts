/** Bytes of a factor's tables: its products with the low, then with the high halves of a byte. */
const TABLES: usize = 32;
const STEP: usize = 32;

// @ts-ignore: decorator
@inline
function times(tables: usize, low: v128, high: v128): v128 {
  return v128.xor(
    i8x16.swizzle(v128.load(tables), low),
    i8x16.swizzle(v128.load(tables, 16), high),
  );
}

/**
 * Two sums of multiples over GF(2^8): of `count` inputs that lie `stride` bytes apart, into `output`
 * and `output + stride`. For each input two tables, one for each sum. Works on whole steps of 32
 * bytes, so `stride` is a multiple of them and what follows `length` is overwritten.
 */
export function combineTwo(
  tables: usize,
  inputs: usize,
  stride: usize,
  count: i32,
  output: usize,
  length: usize,
): void {
  const mask = i8x16.splat(0x0f);
  const second = output + stride;
  for (let at: usize = 0; at < length; at += STEP) {
    let a0 = i8x16.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    let table = tables;
    let from = inputs + at;
    for (let input = 0; input < count; input++) {
      const x0 = v128.load(from);
      const x1 = v128.load(from, 16);
      const l0 = v128.and(x0, mask);
      const l1 = v128.and(x1, mask);
      // There is no shift of bytes in the instruction set: of words, and what came over is masked.
      const h0 = v128.and(i16x8.shr_u(x0, 4), mask);
      const h1 = v128.and(i16x8.shr_u(x1, 4), mask);
      a0 = v128.xor(a0, times(table, l0, h0));
      a1 = v128.xor(a1, times(table, l1, h1));
      b0 = v128.xor(b0, times(table + TABLES, l0, h0));
      b1 = v128.xor(b1, times(table + TABLES, l1, h1));
      table += 2 * TABLES;
      from += stride;
    }
    v128.store(output + at, a0);
    v128.store(output + at, a1, 16);
    v128.store(second + at, b0);
    v128.store(second + at, b1, 16);
  }
}
