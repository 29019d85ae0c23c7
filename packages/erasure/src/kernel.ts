import { HEAP_BASE, loadErasureKernel } from "@neurond/kernels";
import { multiply } from "./field.ts";
import type { Matrix } from "./matrix.ts";
import { type Combine, combineScalar } from "./scalar.ts";

/** Bytes of a shard worked on at once: ten inputs and a few outputs stay in a core's own cache. */
const TILE_BYTES = 16_384;
const TABLE_BYTES = 32;
const MOST_SHARDS = 255;
/** Outputs the kernel makes in one pass over the inputs. */
const LANES = 2;

/**
 * `Combine` by SIMD, some hundred times faster than by the byte. It has one instance's memory of its
 * own, so two threads make two. Without SIMD in the platform it is the scalar one.
 */
export function fastCombine(): Combine {
  const tables = HEAP_BASE;
  const inputsAt = tables + MOST_SHARDS * LANES * TABLE_BYTES;
  const outputsAt = inputsAt + MOST_SHARDS * TILE_BYTES;
  const kernel = loadErasureKernel(outputsAt + LANES * TILE_BYTES - HEAP_BASE);
  if (kernel === null) return combineScalar;
  const memory = new Uint8Array(kernel.memory.buffer);
  const second = outputsAt + TILE_BYTES;
  return (rows, inputs, outputs) => {
    const pairs = pairsOf(rows, inputs.length);
    const length = outputs[0]?.length ?? 0;
    for (let at = 0; at < length; at += TILE_BYTES) {
      const to = Math.min(length, at + TILE_BYTES);
      for (const [column, input] of inputs.entries()) {
        memory.set(input.subarray(at, to), inputsAt + column * TILE_BYTES);
      }
      for (const [pair, products] of pairs.entries()) {
        memory.set(products, tables);
        kernel.functions.combineTwo(
          tables,
          inputsAt,
          TILE_BYTES,
          inputs.length,
          outputsAt,
          to - at,
        );
        outputs[LANES * pair]?.set(memory.subarray(outputsAt, outputsAt + to - at), at);
        outputs[LANES * pair + 1]?.set(memory.subarray(second, second + to - at), at);
      }
    }
  };
}

/** For each two rows their tables, those of one input side by side; a row too few counts as zeros. */
function pairsOf(rows: Matrix, columns: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(rows.length / LANES) }, (_, pair) => {
    const products = new Uint8Array(columns * LANES * TABLE_BYTES);
    for (let at = 0; at < columns * LANES; at += 1) {
      const factor = rows[pair * LANES + (at % LANES)]?.[Math.floor(at / LANES)] ?? 0;
      for (let nibble = 0; nibble < 16; nibble += 1) {
        products[at * TABLE_BYTES + nibble] = multiply(factor, nibble);
        products[at * TABLE_BYTES + 16 + nibble] = multiply(factor, nibble << 4);
      }
    }
    return products;
  });
}
