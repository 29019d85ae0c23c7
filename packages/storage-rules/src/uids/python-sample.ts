import { fromHex, type Hex } from "@neurond/primitives";
import { MersenneTwister } from "./mersenne-twister.ts";

const POOL_LIMIT = 21;

/**
 * `random.sample(range(size), count)` of CPython 3, seeded with a block hash read as one integer.
 * Every validator that draws at the same block draws the same miners, whatever for.
 */
export function pythonSample(blockHash: Hex, size: number, count: number): readonly number[] {
  const twister = new MersenneTwister(wordsOf(blockHash));
  const drawn = Math.min(count, size);
  return size <= poolSize(drawn) ? fromPool(twister, size, drawn) : fromSet(twister, size, drawn);
}

/** 32-bit words, the least significant first, without leading zeros: they are no part of an integer. */
function wordsOf(hash: Hex): readonly number[] {
  const bytes = fromHex(hash);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words: number[] = [];
  for (let at = bytes.length - 4; at >= 0; at -= 4) words.push(view.getUint32(at));
  while (words.length > 1 && words.at(-1) === 0) words.pop();
  return words;
}

/** Up to which size CPython prefers to copy the list: 21, and for more than five the size of a set. */
function poolSize(count: number): number {
  if (count <= 5) return POOL_LIMIT;
  let slots = 1;
  while (slots < 3 * count) slots *= 4;
  return POOL_LIMIT + slots;
}

function fromPool(twister: MersenneTwister, size: number, count: number): readonly number[] {
  const pool = Array.from({ length: size }, (_, index) => index);
  return Array.from({ length: count }, (_, turn) => {
    const at = below(twister, size - turn);
    const taken = pool[at] ?? 0;
    pool[at] = pool[size - turn - 1] ?? 0;
    return taken;
  });
}

function fromSet(twister: MersenneTwister, size: number, count: number): readonly number[] {
  const taken = new Set<number>();
  while (taken.size < count) taken.add(below(twister, size));
  return [...taken];
}

/** Uniform below `bound`: as many bits as it has, drawn again while they are too many. */
function below(twister: MersenneTwister, bound: number): number {
  const surplus = Math.clz32(bound);
  for (;;) {
    const drawn = twister.next() >>> surplus;
    if (drawn < bound) return drawn;
  }
}
