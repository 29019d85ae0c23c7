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

/** What is used of the platform's WebAssembly, whose types pure packages do not see. */
interface Platform {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: object & { readonly memory: KernelMemory } };
}
declare const WebAssembly: Platform | undefined;

/** Compiled once: an instance then begins with the code that earlier ones have warmed up. */
const modules = new Map<string, object>();

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
  if (typeof WebAssembly === "undefined") return null;
  const module = modules.get(base64) ?? compile(WebAssembly, base64);
  if (module === null) return null;
  const { exports } = new WebAssembly.Instance(module);
  if (!isFunctions(exports)) throw new TypeError("a kernel's functions are not those it declares");
  const { memory } = exports;
  const missing = HEAP_BASE + bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return { memory, functions: exports };
}

function compile({ validate, Module }: Platform, base64: string): object | null {
  const wasm = bytesOfBase64(base64);
  // Every engine since 2017 has WebAssembly; SIMD came later, and without it nothing validates.
  if (!validate(wasm)) return null;
  const module = new Module(wasm);
  modules.set(base64, module);
  return module;
}
