import { Draw } from "@neurond/crypto";

const UNIT = 2n ** 53n;

/** Random choices that a seed repeats: whoever has the seed of a request can say how it was made. */
export class Dice {
  readonly #draw: Draw;

  constructor(seed: Uint8Array) {
    this.#draw = new Draw("synthetics/dice", seed);
  }

  /** A whole number, both ends included. */
  integer(low: number, high: number): number {
    return low + Number(this.#draw.next(BigInt(high - low + 1)));
  }

  /** In [0, 1). */
  unit(): number {
    return Number(this.#draw.next(UNIT)) / 2 ** 53;
  }

  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Undefined only where there is nothing to choose from. */
  pick<T>(items: readonly [T, ...T[]]): T;
  pick<T>(items: readonly T[]): T | undefined;
  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.integer(0, items.length - 1)];
  }

  /** Time to the next event of a process with this mean time between events. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }
}
