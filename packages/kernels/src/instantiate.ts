import { bytesOfBase64 } from "./base64.ts";

/** The memory of an instance. Its buffer is replaced when it grows: take views after growing. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** One instance of a kernel: its memory and its functions. Not to be shared by two computations. */
export interface Kernel<Functions> {
  readonly memory: KernelMemory;
  readonly functions: Functions;
}

// What is used of the platform's WebAssembly. Pure packages see no platform types, and every
// JavaScript engine since 2017 has it; SIMD came later.
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array<ArrayBuffer>): boolean;
      readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
      readonly Instance: new (
        module: object,
      ) => { readonly exports: object & { readonly memory: KernelMemory } };
    }
  | undefined;

/** Bytes of a page of memory. */
const PAGE_BYTES = 65_536;
/** Where callers' buffers begin; below lie what little a module keeps itself. */
export const HEAP_BASE = 1024;

/**
 * A new instance with so many bytes from `HEAP_BASE` on for its caller; null where SIMD is missing.
 * `Functions` must describe the module's exports: a kernel's own file does, and its tests call each.
 */
export function instantiate<Functions>(
  base64: string,
  bytes: number,
  isFunctions: (exports: object) => exports is object & Functions,
): Kernel<Functions> | null {
  const wasm = bytesOfBase64(base64);
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(wasm)) return null;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  if (!isFunctions(exports)) throw new TypeError("a kernel's functions are not those it declares");
  const { memory } = exports;
  const missing = HEAP_BASE + bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return { memory, functions: exports };
}
