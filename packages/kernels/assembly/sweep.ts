// Kernels of the whole-data challenge. A row is 12,288 bytes. Addresses are the caller's.
//
// One instruction makes eight products of 16 bits and adds them in pairs. So data are taken as 6144
// halves of words less 2^15, which makes them signed; other factors as digits in base 2^11 from -1023 to
// 1024. 32 such sums fit into 32 bits: the largest is -64 * 2^15 * 2^10 = -2^31, and digits reach 1024
// upwards only, so that 2^31 itself never comes.

const ROW_BYTES: usize = 12288;
const DIGIT_BITS: u64 = 11;
const DIGIT_MASK: u64 = 0x7ff;

/** Digits of a coefficient of 72 bits. */
const ROW_DIGITS: usize = 7;
/** Bytes of a row worked on together: their sums and totals stay in the L1 cache. */
const TILE_BYTES: usize = 1024;
/** Sums of 32 bits over one tile, of one digit. */
const TILE_SUMS: usize = 2048;
/** Rows between drains: 32 sums of pairs. */
const LAZY_ROWS: usize = 64;
/** Bytes of a pair of rows in the table: per digit one of each. */
const PAIR_BYTES: usize = 28;

/**
 * Adds coefficient * (half - 2^15) over up to 256 rows to the totals of all halves. `coefficients`: 9
 * bytes per row, little-endian. Up to the next multiple of four rows, `data` must be readable.
 * `scratch`: 17,920 bytes. `totals`: per digit and half a signed sum of 64 bits (344,064 bytes), then
 * the sums of the coefficients' low and high 36 bits, which make up for the 2^15.
 */
export function accumulateRows(
  data: usize,
  rows: usize,
  coefficients: usize,
  scratch: usize,
  totals: usize,
): void {
  const table = scratch + ROW_DIGITS * TILE_SUMS;
  const padded = (rows + 3) & ~3;
  memory.fill(table, 0, (padded / 2) * PAIR_BYTES);
  let low: u64 = 0;
  let high: u64 = 0;
  for (let row: usize = 0; row < rows; row += 1) {
    const at = coefficients + row * 9;
    const first = load<u64>(at);
    const last = u64(load<u8>(at, 8));
    low += first & 0xf_ffff_ffff;
    high += (first >> 36) | (last << 28);
    writeDigits(table + (row >> 1) * PAIR_BYTES + (row & 1) * 2, first, last);
  }
  const sums = totals + ROW_DIGITS * ROW_BYTES * 4;
  store<u64>(sums, load<u64>(sums) + low);
  store<u64>(sums, load<u64>(sums, 8) + high, 8);
  for (let tile: usize = 0; tile < ROW_BYTES; tile += TILE_BYTES) {
    for (let from: usize = 0; from < padded; from += LAZY_ROWS) {
      const to = min(from + LAZY_ROWS, padded);
      memory.fill(scratch, 0, ROW_DIGITS * TILE_SUMS);
      for (let row = from; row < to; row += 4) {
        addTile(data + row * ROW_BYTES + tile, table + (row >> 1) * PAIR_BYTES, scratch);
      }
      for (let digit: usize = 0; digit < ROW_DIGITS; digit += 1) {
        drainTile(scratch + digit * TILE_SUMS, totals + (digit * ROW_BYTES + tile) * 4);
      }
    }
  }
}

/** Seven digits of a coefficient, four bytes apart: beside each is that of the other row of a pair. */
function writeDigits(into: usize, first: u64, last: u64): void {
  let carry: u64 = 0;
  for (let digit: usize = 0; digit < ROW_DIGITS; digit += 1) {
    const bits = (first & DIGIT_MASK) + carry;
    first = (first >> DIGIT_BITS) | (last << (64 - DIGIT_BITS));
    last >>= DIGIT_BITS;
    carry = u64(bits > 1024);
    store<i16>(into, i16(bits - (carry << DIGIT_BITS)));
    into += 4;
  }
}

/** Four rows of one tile. */
function addTile(data: usize, table: usize, sums: usize): void {
  const sign = i16x8.splat(-0x8000);
  for (const end = data + TILE_BYTES; data < end; data += 16) {
    const a = v128.xor(v128.load(data), sign);
    const b = v128.xor(v128.load(data, 12288), sign);
    const c = v128.xor(v128.load(data, 24576), sign);
    const d = v128.xor(v128.load(data, 36864), sign);
    const ab = firstHalves(a, b);
    const AB = lastHalves(a, b);
    const cd = firstHalves(c, d);
    const CD = lastHalves(c, d);
    addDigit(table + 0, sums + 0 * TILE_SUMS, ab, AB, cd, CD);
    addDigit(table + 4, sums + 1 * TILE_SUMS, ab, AB, cd, CD);
    addDigit(table + 8, sums + 2 * TILE_SUMS, ab, AB, cd, CD);
    addDigit(table + 12, sums + 3 * TILE_SUMS, ab, AB, cd, CD);
    addDigit(table + 16, sums + 4 * TILE_SUMS, ab, AB, cd, CD);
    addDigit(table + 20, sums + 5 * TILE_SUMS, ab, AB, cd, CD);
    addDigit(table + 24, sums + 6 * TILE_SUMS, ab, AB, cd, CD);
    sums += 32;
  }
}

@inline
function firstHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function lastHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** One digit of two pairs of rows, times the first and the last four halves of 16 bytes. */
@inline
function addDigit(table: usize, sums: usize, ab: v128, AB: v128, cd: v128, CD: v128): void {
  const rab = v128.load32_splat(table);
  const rcd = v128.load32_splat(table, 28);
  const first = i32x4.add(i32x4.dot_i16x8_s(ab, rab), i32x4.dot_i16x8_s(cd, rcd));
  v128.store(sums, i32x4.add(v128.load(sums), first));
  const last = i32x4.add(i32x4.dot_i16x8_s(AB, rab), i32x4.dot_i16x8_s(CD, rcd));
  v128.store(sums, i32x4.add(v128.load(sums, 16), last), 16);
}

/** Adds the sums of one digit over a tile to its totals. */
function drainTile(sums: usize, totals: usize): void {
  for (const end = sums + TILE_SUMS; sums < end; sums += 16) {
    const sum = v128.load(sums);
    const low = i64x2.add(v128.load(totals), i64x2.extend_low_i32x4_s(sum));
    const high = i64x2.add(v128.load(totals, 16), i64x2.extend_high_i32x4_s(sum));
    v128.store(totals, low);
    v128.store(totals, high, 16);
    totals += 32;
  }
}

/** Values have few columns: limbs of 24 bits times words of 32, in sums of 64 bits, are simpler there. */
const LIMB_BITS: u32 = 0xff_ffff;
/** 256 * (2^24 - 1) * (2^32 - 1) < 2^64: products of a limb and a word that fit in one sum. */
const LAZY_VALUES: usize = 256;

/** A limb of 24 bits in every lane. Reads one byte beyond it. */
@inline
function limbAt(address: usize): v128 {
  return i32x4.splat(load<u32>(address) & LIMB_BITS);
}

@inline
function addLow(sum: v128, words: v128, limb: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_low_i32x4_u(words, limb));
}

@inline
function addHigh(sum: v128, words: v128, limb: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_high_i32x4_u(words, limb));
}

/** Adds the halves of `bytes` bytes of 64-bit sums to two runs of totals, `apart` bytes apart. */
function drain(sums: usize, bytes: usize, totals: usize, apart: usize): void {
  const mask = i64x2.splat(0xffff_ffff);
  for (let at: usize = 0; at < bytes; at += 16) {
    const sum = v128.load(sums + at);
    const low = totals + at;
    v128.store(low, i64x2.add(v128.load(low), v128.and(sum, mask)));
    const high = low + apart;
    v128.store(high, i64x2.add(v128.load(high), i64x2.shr_u(sum, 32)));
  }
}

/**
 * Adds coefficient * value to the totals: values of 16 bytes, little-endian, of which the top bit is
 * not read. `coefficients` as in `accumulateRows`, readable for a byte more. `totals`: per limb and
 * word 64 bits of low halves, then as much of high halves (192 bytes).
 */
export function accumulateValues(
  values: usize,
  count: usize,
  coefficients: usize,
  scratch: usize,
  totals: usize,
): void {
  const bits = i64x2(-1, i64.MAX_VALUE);
  while (count > 0) {
    const lazy = min(count, LAZY_VALUES);
    count -= lazy;
    let low0 = i64x2.splat(0);
    let low1 = low0;
    let low2 = low0;
    let high0 = low0;
    let high1 = low0;
    let high2 = low0;
    for (let at: usize = 0; at < lazy; at += 1) {
      const words = v128.and(v128.load(values), bits);
      const r0 = limbAt(coefficients);
      const r1 = limbAt(coefficients + 3);
      const r2 = limbAt(coefficients + 6);
      low0 = addLow(low0, words, r0);
      high0 = addHigh(high0, words, r0);
      low1 = addLow(low1, words, r1);
      high1 = addHigh(high1, words, r1);
      low2 = addLow(low2, words, r2);
      high2 = addHigh(high2, words, r2);
      values += 16;
      coefficients += 9;
    }
    v128.store(scratch, low0);
    v128.store(scratch, high0, 16);
    v128.store(scratch, low1, 32);
    v128.store(scratch, high1, 48);
    v128.store(scratch, low2, 64);
    v128.store(scratch, high2, 80);
    drain(scratch, 96, totals, 96);
  }
}

/** Digits of a weight of 127 bits. */
const DIGITS: usize = 12;
/** Bytes of a row between drains: 32 sums of pairs in each lane. */
const TAG_STEP: usize = 512;
/** Drained sums of a row: two lanes of 64 bits for each digit. */
const ROW_SUMS: usize = 192;
/** Makes digit sums positive: they are below 6144 * 2^25 < 2^38 either way. */
const BIAS: u64 = 1 << 38;

/** Turns the sign bits of all halves over: what `tagRows` reads. Twice is the data again. */
export function centre(data: usize, bytes: usize): void {
  const sign = i16x8.splat(-0x8000);
  for (const end = data + bytes; data < end; data += 16) {
    v128.store(data, v128.xor(v128.load(data), sign));
  }
}

/**
 * The linear part of the tags of up to 64 centred rows: sum of weight * half + constant mod 2^127 - 1,
 * 16 bytes each, fully reduced. `weights`: 147,456 bytes of digits as i16, for
 * every 16 bytes of a row 16 bytes of each digit in turn; then 16 of the constant, which makes up for
 * centring and bias. `scratch`: 12,288 bytes. `rows` is even: a last single row comes
 * with any other. No branch and no address depends on weights or data.
 */
export function tagRows(
  data: usize,
  rows: usize,
  weights: usize,
  scratch: usize,
  tags: usize,
): void {
  memory.fill(scratch, 0, rows * ROW_SUMS);
  for (let from: usize = 0; from < ROW_BYTES; from += TAG_STEP) {
    for (let row: usize = 0; row < rows; row += 2) {
      const a = data + row * ROW_BYTES + from;
      const sums = scratch + row * ROW_SUMS;
      const digits = weights + from * DIGITS;
      tagStep(a, digits, sums);
      tagStep(a, digits + 64, sums + 64);
      tagStep(a, digits + 128, sums + 128);
    }
  }
  const constant = weights + DIGITS * ROW_BYTES;
  for (let row: usize = 0; row < rows; row += 1) {
    storeReduced(scratch + row * ROW_SUMS, constant, tags + row * 16);
  }
}

/** Four digits over one step of two rows. */
function tagStep(a: usize, weights: usize, sums: usize): void {
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (const end = a + TAG_STEP; a < end; a += 16) {
    const x = v128.load(a);
    const y = v128.load(a, 12288);
    const w0 = v128.load(weights);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x, w0));
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(y, w0));
    const w1 = v128.load(weights, 16);
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x, w1));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(y, w1));
    const w2 = v128.load(weights, 32);
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x, w2));
    b2 = i32x4.add(b2, i32x4.dot_i16x8_s(y, w2));
    const w3 = v128.load(weights, 48);
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x, w3));
    b3 = i32x4.add(b3, i32x4.dot_i16x8_s(y, w3));
    weights += DIGITS * 16;
  }
  widen(sums, a0);
  widen(sums + 16, a1);
  widen(sums + 32, a2);
  widen(sums + 48, a3);
  widen(sums + ROW_SUMS, b0);
  widen(sums + ROW_SUMS + 16, b1);
  widen(sums + ROW_SUMS + 32, b2);
  widen(sums + ROW_SUMS + 48, b3);
}

@inline
function widen(into: usize, sum: v128): void {
  const both = i64x2.add(i64x2.extend_low_i32x4_s(sum), i64x2.extend_high_i32x4_s(sum));
  v128.store(into, i64x2.add(v128.load(into), both));
}

/** Writes a row's drained sums and the constant together as a number below 2^127 - 1. */
function storeReduced(sums: usize, constant: usize, into: usize): void {
  let low: u64 = 0;
  let high: u64 = 0;
  let carry: u64 = 0;
  for (let digit: u64 = 0; digit < 11; digit += 1) {
    const sum = load<u64>(sums) + load<u64>(sums, 8) + BIAS + carry;
    sums += 16;
    carry = sum >> DIGIT_BITS;
    const bits = sum & DIGIT_MASK;
    const place = digit * DIGIT_BITS;
    // The digit at bit 55 reaches over the border.
    if (digit <= 5) low |= bits << place;
    if (digit == 5) high |= bits >> 9;
    if (digit > 5) high |= bits << (place - 64);
  }
  const last = load<u64>(sums) + load<u64>(sums, 8) + BIAS + carry;
  high |= (last & 0x3f) << 57;
  // 2^127 is 1: what lies above, below 2^34, is added at the other end.
  storeSum(low, high, last >> 6, 0, into);
  storeSum(load<u64>(into), load<u64>(into, 8), load<u64>(constant), load<u64>(constant, 8), into);
}

/** Writes (low, high) + (otherLow, otherHigh) mod 2^127 - 1; both highs below 2^63. */
@inline
function storeSum(low: u64, high: u64, otherLow: u64, otherHigh: u64, into: usize): void {
  let l = low + otherLow;
  let h = high + otherHigh + u64(l < low);
  const top = h >> 63;
  l += top;
  h = (h & i64.MAX_VALUE) + (u64(l < top) & top);
  // All ones is zero's other spelling. The one carry left over from above makes no more than that.
  const one = u64(l == u64.MAX_VALUE) & u64(h == i64.MAX_VALUE);
  store<u64>(into, l & (one - 1));
  store<u64>(into, h & (one - 1), 8);
}

/** Adds masks to values mod 2^127 - 1, 16 bytes each, in place; the masks' top bits are not read. */
export function addMasks(values: usize, masks: usize, count: usize): void {
  for (let end = values + count * 16; values < end; values += 16) {
    const high = load<u64>(masks, 8) & i64.MAX_VALUE;
    storeSum(load<u64>(values), load<u64>(values, 8), load<u64>(masks), high, values);
    masks += 16;
  }
}
