import { domainHash } from "@neurond/primitives";

const HEX = Array.from({ length: 0x1_0000 }, (_, value) => value.toString(16).padStart(4, "0"));
const WORD = 2 ** 32;

/**
 * A stream of random values: xoshiro128**, whose state is a hash of seed and label. Streams of
 * different labels do not disturb each other, so that one more miner changes no call.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, label: string) {
    const view = new DataView(domainHash("neurond/gen-exports/random", `${seed}/${label}`).buffer);
    this.#a = view.getInt32(0);
    this.#b = view.getInt32(4);
    this.#c = view.getInt32(8);
    this.#d = view.getInt32(12);
  }

  /** 32 bits. */
  next(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    return this.next() / WORD;
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  /** A whole number, both ends included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.unit() * items.length)] ?? items[0];
  }

  /** An item with a probability in proportion to its weight. */
  weighted<T>(items: readonly [readonly [T, number], ...(readonly [T, number])[]]): T {
    let left = this.unit() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0][0];
  }

  /** With mean 0 and deviation 1. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    return radius * Math.cos(2 * Math.PI * this.unit());
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** Time to the next event of a process with this rate. */
  exponential(rate: number): number {
    return -Math.log(1 - this.unit()) / rate;
  }

  uuid(): string {
    const [a, b, c, d] = [this.next(), this.next(), this.next(), this.next()];
    const version = 0x4000 | (b & 0x0fff);
    const variant = 0x8000 | (c >>> 18);
    return `${hex(a >>> 16)}${hex(a)}-${hex(b >>> 16)}-${hex(version)}-${hex(variant)}-${hex(c)}${hex(d >>> 16)}${hex(d)}`;
  }
}

const hex = (value: number): string => HEX[value & 0xffff] ?? "";

/** Draws places in proportion to 1 / (place + 1)^s. */
export class Zipf {
  readonly #cumulated: readonly number[];

  constructor(count: number, s: number) {
    let sum = 0;
    this.#cumulated = Array.from({ length: count }, (_, place) => {
      sum += (place + 1) ** -s;
      return sum;
    });
  }

  draw(random: Random): number {
    const target = random.unit() * (this.#cumulated.at(-1) ?? 0);
    let [low, high] = [0, this.#cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulated[middle] ?? 0) <= target) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
