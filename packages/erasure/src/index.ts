export { ErasureCode, MAX_SHARDS } from "./code.ts";
export { ERASURE_ERRORS, type ErasureCodeName } from "./errors.ts";
export { type Copy, fastCombine } from "./kernel.ts";
export { generatorRow, type Matrix } from "./matrix.ts";
export { type Combine, combineScalar, type Take } from "./scalar.ts";
