import { HEAP_BASE, loadSweepKernel } from "@neurond/kernels";
import { ELEMENT_BYTES, P, readNumber, readReduced } from "./field.ts";
import { COEFFICIENT_BYTES } from "./rows.ts";

/** Sums coefficient * value mod p: tags or masks, 16 bytes each, of which 127 bits count. */
export interface ValueSum {
  /** As many coefficients of 9 bytes as there are values. */
  add(values: Uint8Array, coefficients: Uint8Array): void;
  /** The sum so far; it starts again at zero. */
  take(): bigint;
}

/** A sum with SIMD where there is some. */
export function valueSum(): ValueSum {
  return kernelValueSum() ?? bigintValueSum();
}

/** Plain arithmetic: what the kernel must equal, and what serves without SIMD. */
export function bigintValueSum(): ValueSum {
  let sum = 0n;
  return {
    add(values, coefficients) {
      for (let at = 0; at * ELEMENT_BYTES < values.length; at += 1) {
        const coefficient = readNumber(coefficients, at * COEFFICIENT_BYTES, COEFFICIENT_BYTES);
        sum += coefficient * readReduced(values, at * ELEMENT_BYTES);
      }
      sum %= P;
    },
    take() {
      const taken = sum;
      sum = 0n;
      return taken;
    },
  };
}

const BATCH = 4096;
/** The kernel reads a few bytes beyond the last coefficient. */
const OVERREAD = 64;
/** Limbs of 24 bits of a coefficient, words of 32 of a value. */
const [LIMBS, WORDS] = [3, 4];

function kernelValueSum(): ValueSum | null {
  const values = HEAP_BASE;
  const coefficients = values + BATCH * ELEMENT_BYTES;
  const scratch = coefficients + BATCH * COEFFICIENT_BYTES + OVERREAD;
  const totals = scratch + 128;
  const totalsBytes = 2 * LIMBS * WORDS * 8;
  const kernel = loadSweepKernel(totals + totalsBytes - HEAP_BASE);
  if (kernel === null) return null;
  const memory = new Uint8Array(kernel.memory.buffer);
  return {
    add(all, allCoefficients) {
      for (let from = 0; from * ELEMENT_BYTES < all.length; from += BATCH) {
        const part = all.subarray(from * ELEMENT_BYTES, (from + BATCH) * ELEMENT_BYTES);
        const count = part.length / ELEMENT_BYTES;
        const end = (from + count) * COEFFICIENT_BYTES;
        memory.set(part, values);
        memory.set(allCoefficients.subarray(from * COEFFICIENT_BYTES, end), coefficients);
        kernel.functions.accumulateValues(values, count, coefficients, scratch, totals);
      }
    },
    take() {
      const drained = new BigUint64Array(kernel.memory.buffer, totals, totalsBytes / 8);
      let sum = 0n;
      for (let word = 0; word < WORDS; word += 1) {
        sum += totalOf(drained, word) << BigInt(32 * word);
      }
      drained.fill(0n);
      return sum % P;
    },
  };
}

/** One word's sum: for each limb the low halves of all words, then in the same order the high ones. */
function totalOf(totals: BigUint64Array, word: number): bigint {
  let sum = 0n;
  for (let limb = 0; limb < LIMBS; limb += 1) {
    const at = limb * WORDS + word;
    const high = totals[at + LIMBS * WORDS] ?? 0n;
    sum += ((totals[at] ?? 0n) + (high << 32n)) << BigInt(24 * limb);
  }
  return sum;
}
