import type { Readable } from "node:stream";

/**
 * The bytes of a request on their way to an upstream: raw, before any content decoding. What must be
 * proven first is held whole, in memory or, beyond that, in a file nobody else can open.
 */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "memory"; readonly bytes: Buffer }
  | { readonly kind: "file"; readonly sizeBytes: number; readonly open: () => Readable }
  /** Of an open route: passed on as it comes. */
  | { readonly kind: "stream"; readonly readable: Readable };
