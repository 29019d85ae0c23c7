// SHA-256 (FIPS 180-4) of four messages at once: each lane of a vector is one message's word, and the four
// never touch, so this is the standard's own sequence of steps written once for all of them.

/** Bytes of a block. */
const BLOCK: usize = 64;
/** Words of the schedule, 16 bytes for four lanes each. */
const SCHEDULE_WORDS: usize = 64;
/** Four messages of two blocks at most: their padded bytes, then the schedule. */
const PADDED: usize = 4 * 2 * BLOCK;

/** Bytes of the constants of rounds, which the initial state follows. */
const ROUND_CONSTANTS: usize = 256;

/**
 * Hashes `count` messages of a prefix byte and `length` bytes, which lie one after the other, into
 * places `stride` bytes apart. `length` is at most 118, so that two blocks hold a message. Messages
 * and outputs must have room for a multiple of four. `constants`: the 64 of the rounds, then the eight
 * words of the initial state. `scratch`: 1536 bytes.
 */
export function hashShort(
  prefix: u32,
  messages: usize,
  count: usize,
  length: usize,
  outputs: usize,
  stride: usize,
  constants: usize,
  scratch: usize,
): void {
  const blocks: usize = length + 10 > BLOCK ? 2 : 1;
  memory.fill(scratch, 0, PADDED);
  for (let lane: usize = 0; lane < 4; lane += 1) {
    const padded = scratch + lane * 2 * BLOCK;
    store<u8>(padded, <u8>prefix);
    store<u8>(padded + 1 + length, 0x80);
    store<u32>(padded + blocks * BLOCK - 4, bswap<u32>(<u32>(8 * (length + 1))));
  }
  for (let at: usize = 0; at < count; at += 4) {
    for (let lane: usize = 0; lane < 4; lane += 1) {
      memory.copy(scratch + lane * 2 * BLOCK + 1, messages + (at + lane) * length, length);
    }
    hashFour(scratch, blocks, constants, outputs + at * stride, stride);
  }
}

function hashFour(
  padded: usize,
  blocks: usize,
  constants: usize,
  outputs: usize,
  stride: usize,
): void {
  const schedule = padded + PADDED;
  const initial = constants + ROUND_CONSTANTS;
  let h0 = v128.load32_splat(initial);
  let h1 = v128.load32_splat(initial, 4);
  let h2 = v128.load32_splat(initial, 8);
  let h3 = v128.load32_splat(initial, 12);
  let h4 = v128.load32_splat(initial, 16);
  let h5 = v128.load32_splat(initial, 20);
  let h6 = v128.load32_splat(initial, 24);
  let h7 = v128.load32_splat(initial, 28);
  for (let block: usize = 0; block < blocks; block += 1) {
    expand(padded + block * BLOCK, schedule);
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    let f = h5;
    let g = h6;
    let h = h7;
    for (let word: usize = 0; word < SCHEDULE_WORDS; word += 1) {
      const one = i32x4.add(
        i32x4.add(i32x4.add(h, bigSigma1(e)), v128.bitselect(f, g, e)),
        i32x4.add(v128.load32_splat(constants + word * 4), v128.load(schedule + word * 16)),
      );
      // The majority is c where a and b differ, and either of them where they do not.
      const two = i32x4.add(bigSigma0(a), v128.bitselect(c, b, v128.xor(a, b)));
      h = g;
      g = f;
      f = e;
      e = i32x4.add(d, one);
      d = c;
      c = b;
      b = a;
      a = i32x4.add(one, two);
    }
    h0 = i32x4.add(h0, a);
    h1 = i32x4.add(h1, b);
    h2 = i32x4.add(h2, c);
    h3 = i32x4.add(h3, d);
    h4 = i32x4.add(h4, e);
    h5 = i32x4.add(h5, f);
    h6 = i32x4.add(h6, g);
    h7 = i32x4.add(h7, h);
  }
  writeWord(outputs, stride, h0);
  writeWord(outputs + 4, stride, h1);
  writeWord(outputs + 8, stride, h2);
  writeWord(outputs + 12, stride, h3);
  writeWord(outputs + 16, stride, h4);
  writeWord(outputs + 20, stride, h5);
  writeWord(outputs + 24, stride, h6);
  writeWord(outputs + 28, stride, h7);
}

/** The schedule of one block of each message. */
function expand(block: usize, schedule: usize): void {
  for (let word: usize = 0; word < 16; word += 1) {
    const at = block + word * 4;
    const swapped = i32x4(
      load<i32>(at),
      load<i32>(at, 128),
      load<i32>(at, 256),
      load<i32>(at, 384),
    );
    v128.store(schedule + word * 16, bigEndian(swapped));
  }
  for (let word: usize = 16; word < SCHEDULE_WORDS; word += 1) {
    const at = schedule + word * 16;
    const sum = i32x4.add(
      i32x4.add(smallSigma1(v128.load(at - 2 * 16)), v128.load(at - 7 * 16)),
      i32x4.add(smallSigma0(v128.load(at - 15 * 16)), v128.load(at - 16 * 16)),
    );
    v128.store(at, sum);
  }
}

@inline
function writeWord(output: usize, stride: usize, words: v128): void {
  const bytes = bigEndian(words);
  v128.store_lane<i32>(output, bytes, 0);
  v128.store_lane<i32>(output + stride, bytes, 1);
  v128.store_lane<i32>(output + 2 * stride, bytes, 2);
  v128.store_lane<i32>(output + 3 * stride, bytes, 3);
}

@inline
function bigEndian(words: v128): v128 {
  return v128.shuffle<i8>(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

@inline
function rotate(words: v128, by: i32): v128 {
  return v128.or(i32x4.shr_u(words, by), i32x4.shl(words, 32 - by));
}

@inline
function bigSigma0(words: v128): v128 {
  return v128.xor(v128.xor(rotate(words, 2), rotate(words, 13)), rotate(words, 22));
}

@inline
function bigSigma1(words: v128): v128 {
  return v128.xor(v128.xor(rotate(words, 6), rotate(words, 11)), rotate(words, 25));
}

@inline
function smallSigma0(words: v128): v128 {
  return v128.xor(v128.xor(rotate(words, 7), rotate(words, 18)), i32x4.shr_u(words, 3));
}

@inline
function smallSigma1(words: v128): v128 {
  return v128.xor(v128.xor(rotate(words, 17), rotate(words, 19)), i32x4.shr_u(words, 10));
}
