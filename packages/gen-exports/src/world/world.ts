import { MICROS_PER_HOUR, type Micros } from "@neurond/exports";
import { FaultPlan } from "../faults.ts";
import type { GenOptions, Shape } from "../options.ts";
import { Blocks } from "./blocks.ts";
import { type Cast, castOf } from "./cast.ts";
import type { Instance } from "./instance.ts";
import { livesOf } from "./lives.ts";

/** All that is settled before the first hour. */
export interface World {
  readonly options: GenOptions;
  readonly cast: Cast;
  readonly lives: readonly Instance[];
  readonly plan: FaultPlan;
  readonly blocks: Blocks;
}

/** One hour, `[start, end)`, and what reports looked like then. */
export interface Slice {
  readonly hour: number;
  readonly start: Micros;
  readonly end: Micros;
  readonly shape: Shape;
}

/** The same options give the same world. */
export function worldOf(options: GenOptions): World {
  const cast = castOf(options);
  const [plan, blocks] = [new FaultPlan(options.faults), new Blocks(options)];
  return { options, cast, lives: livesOf(options, cast), plan, blocks };
}

/** The hours in order. Shapes follow each other in equal shares of the time. */
export function slicesOf(options: GenOptions): readonly Slice[] {
  const { hours, shapes } = options;
  return Array.from({ length: hours }, (_, hour): Slice => {
    const start = firstStart(options) + hour * MICROS_PER_HOUR;
    const shape = shapes[Math.floor((hour * shapes.length) / hours)] ?? "all";
    return { hour, start, end: start + MICROS_PER_HOUR, shape };
  });
}

/** Start of the first hour. */
export const firstStart = ({ end, hours }: GenOptions): Micros => end - hours * MICROS_PER_HOUR;
