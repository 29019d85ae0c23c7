import { ERASURE_WASM } from "./erasure.wasm.ts";
import { instantiate, type Kernel } from "./instantiate.ts";

/** What `assembly/erasure.ts` exports; addresses are bytes into the memory, lengths as it says there. */
export interface ErasureFunctions {
  combineThree(
    tables: number,
    inputs: number,
    stride: number,
    count: number,
    output: number,
    length: number,
  ): void;
}

/** A new instance of the erasure kernel with `bytes` bytes for its caller; null without SIMD. */
export function loadErasureKernel(bytes: number): Kernel<ErasureFunctions> | null {
  return instantiate(ERASURE_WASM, bytes, isErasure);
}

function isErasure(exports: object): exports is ErasureFunctions {
  return "combineThree" in exports;
}
