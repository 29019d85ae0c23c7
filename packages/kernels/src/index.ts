export { type ErasureFunctions, loadErasureKernel } from "./erasure.ts";
export { HEAP_BASE, instantiate, type Kernel, type KernelMemory } from "./instantiate.ts";
export { loadSha256Kernel, SHA256_CONSTANTS, type Sha256Functions } from "./sha256.ts";
export { loadSweepKernel, type SweepFunctions } from "./sweep.ts";
