import { HEAP_BASE, loadErasureKernel } from "@neurond/kernels";
import { multiply } from "./field.ts";
import type { Matrix } from "./matrix.ts";
import { type Combine, combineScalar } from "./scalar.ts";

/** Bytes of a shard worked on at once: ten inputs and a few outputs stay in a core's own cache. */
const TILE_BYTES = 32_768;
/** From one tile to the next: a power of two would put all of them into the same few lines of the cache. */
const STRIDE = TILE_BYTES + 64;
const TABLE_BYTES = 32;
const MOST_SHARDS = 255;
/** Outputs the kernel makes in one pass over the inputs. */
const LANES = 3;

/** Copies bytes to place `at` of others. */
export type Copy = (from: Uint8Array, to: Uint8Array, at: number) => void;

/**
 * `Combine` by SIMD, some hundred times faster than by the byte. It has one instance's memory of its
 * own, so two threads make two. Without SIMD in the platform it is the scalar one. `copy` is for who
 * has shards in shared memory and a faster way out of it.
 */
export function fastCombine(copy: Copy = (from, to, at) => to.set(from, at)): Combine {
  const tables = HEAP_BASE;
  const inputsAt = tables + MOST_SHARDS * LANES * TABLE_BYTES;
  const outputsAt = inputsAt + MOST_SHARDS * STRIDE;
  const kernel = loadErasureKernel(outputsAt + LANES * STRIDE - HEAP_BASE);
  if (kernel === null) return combineScalar;
  const memory = new Uint8Array(kernel.memory.buffer);
  return (rows, inputs, take) => {
    const groups = groupsOf(rows, inputs.length);
    const length = inputs[0]?.length ?? 0;
    for (let at = 0; at < length; at += TILE_BYTES) {
      const bytes = Math.min(TILE_BYTES, length - at);
      for (const [column, input] of inputs.entries()) {
        copy(input.subarray(at, at + bytes), memory, inputsAt + column * STRIDE);
      }
      for (const [group, products] of groups.entries()) {
        memory.set(products, tables);
        kernel.functions.combineThree(tables, inputsAt, STRIDE, inputs.length, outputsAt, bytes);
        const first = group * LANES;
        for (let row = first; row < Math.min(rows.length, first + LANES); row += 1) {
          const from = outputsAt + (row - first) * STRIDE;
          take(row, memory.subarray(from, from + bytes), at);
        }
      }
    }
  };
}

/** For each three rows their tables, those of one input side by side; a row too few counts as zeros. */
function groupsOf(rows: Matrix, columns: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(rows.length / LANES) }, (_, group) => {
    const products = new Uint8Array(columns * LANES * TABLE_BYTES);
    for (let at = 0; at < columns * LANES; at += 1) {
      const factor = rows[group * LANES + (at % LANES)]?.[Math.floor(at / LANES)] ?? 0;
      for (let nibble = 0; nibble < 16; nibble += 1) {
        products[at * TABLE_BYTES + nibble] = multiply(factor, nibble);
        products[at * TABLE_BYTES + 16 + nibble] = multiply(factor, nibble << 4);
      }
    }
    return products;
  });
}
