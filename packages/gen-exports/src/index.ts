export { Dataset, type Manifest } from "./dataset.ts";
export { GEN_EXPORTS_ERRORS, type GenExportsCode } from "./errors.ts";
export { FAULTS, type Fault } from "./faults.ts";
export { type GenOptions, parseOptions, type Shape } from "./options.ts";
export { addressOf, keyOf } from "./world/keys.ts";
export { type Generated, generate } from "./write/generate.ts";
