import { MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from "@neurond/exports";
import type { GenOptions } from "../options.ts";

/** Height at the start of the first slice: low, so that a development chain gets there. */
const FIRST = 10;

/** Blocks in even intervals, counted so that a chain of our own can have the same heights at the same times. */
export class Blocks {
  readonly #genesis: Micros;
  readonly #interval: Micros;

  constructor({ end, hours, blockSeconds }: GenOptions) {
    this.#interval = blockSeconds * MICROS_PER_SECOND;
    this.#genesis = end - hours * MICROS_PER_HOUR - FIRST * this.#interval;
  }

  /** Time of block 0. */
  get genesis(): Micros {
    return this.#genesis;
  }

  /** The block whose time is at or just after. */
  at(time: Micros): number {
    return Math.ceil((time - this.#genesis) / this.#interval);
  }

  timeOf(block: number): Micros {
    return this.#genesis + block * this.#interval;
  }
}
