import { MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from "@neurond/exports";
import type { GenOptions } from "../options.ts";

const BLOCK = 12 * MICROS_PER_SECOND;
/** Height at the start of the first slice: low, so that a development chain gets there. */
const FIRST = 10;

/** Blocks every 12 s, counted so that a chain of our own can have the same heights at the same times. */
export class Blocks {
  readonly #genesis: Micros;

  constructor({ end, hours }: GenOptions) {
    this.#genesis = end - hours * MICROS_PER_HOUR - FIRST * BLOCK;
  }

  /** Time of block 0. */
  get genesis(): Micros {
    return this.#genesis;
  }

  /** The block whose time is at or just before. */
  at(time: Micros): number {
    return Math.floor((time - this.#genesis) / BLOCK);
  }

  timeOf(block: number): Micros {
    return this.#genesis + block * BLOCK;
  }
}
