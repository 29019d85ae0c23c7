/** Bytes of a factor's tables: its products with the low, then with the high halves of a byte. */
const TABLES: usize = 32;
const STEP: usize = 16;

// Relaxed: one instruction instead of two. It leaves open what an index above 15 gives; there is none.
@inline
function times(tables: usize, low: v128, high: v128): v128 {
  return v128.xor(
    i8x16.relaxed_swizzle(v128.load(tables), low),
    i8x16.relaxed_swizzle(v128.load(tables, 16), high),
  );
}

/**
 * Three sums of multiples over GF(2^8): of `count` inputs that lie `stride` bytes apart, into `output`
 * and the two places that follow it `stride` bytes apart. For each input three tables, one for each
 * sum. Works on whole steps of 16 bytes, so `stride` is a multiple of them and what follows `length`
 * is overwritten.
 */
export function combineThree(
  tables: usize,
  inputs: usize,
  stride: usize,
  count: i32,
  output: usize,
  length: usize,
): void {
  const mask = i8x16.splat(0x0f);
  for (let at: usize = 0; at < length; at += STEP) {
    let a = i8x16.splat(0);
    let b = a;
    let c = a;
    let table = tables;
    let from = inputs + at;
    for (let input = 0; input < count; input++) {
      const bytes = v128.load(from);
      const low = v128.and(bytes, mask);
      // There is no shift of bytes in the instruction set: of words, and what came over is masked.
      const high = v128.and(i16x8.shr_u(bytes, 4), mask);
      a = v128.xor(a, times(table, low, high));
      b = v128.xor(b, times(table + TABLES, low, high));
      c = v128.xor(c, times(table + 2 * TABLES, low, high));
      table += 3 * TABLES;
      from += stride;
    }
    const to = output + at;
    v128.store(to, a);
    v128.store(to + stride, b);
    v128.store(to + 2 * stride, c);
  }
}
