import { instantiate, type Kernel } from "./instantiate.ts";
import { SWEEP_WASM } from "./sweep.wasm.ts";

/** What `assembly/sweep.ts` exports; addresses are bytes into the memory, lengths as it says there. */
export interface SweepFunctions {
  accumulateRows(
    data: number,
    rows: number,
    coefficients: number,
    scratch: number,
    totals: number,
  ): void;
  accumulateValues(
    values: number,
    count: number,
    coefficients: number,
    scratch: number,
    totals: number,
  ): void;
  centre(data: number, bytes: number): void;
  tagRows(data: number, rows: number, weights: number, scratch: number, tags: number): void;
  addMasks(values: number, masks: number, count: number): void;
}

const NAMES = ["accumulateRows", "accumulateValues", "centre", "tagRows", "addMasks"];

/** A new instance of the sweep kernels with `bytes` bytes for its caller; null without SIMD. */
export function loadSweepKernel(bytes: number): Kernel<SweepFunctions> | null {
  return instantiate(SWEEP_WASM, bytes, isSweep);
}

function isSweep(exports: object): exports is SweepFunctions {
  return NAMES.every((name) => name in exports);
}
