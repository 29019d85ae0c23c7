export { type ErasureFunctions, loadErasureKernel } from "./erasure.ts";
export { HEAP_BASE, instantiate, type Kernel, type KernelMemory } from "./instantiate.ts";
export { loadSweepKernel, type SweepFunctions } from "./sweep.ts";
