import { HEAP_BASE, loadSweepKernel } from "@neurond/kernels";
import { P, readNumber } from "./field.ts";
import { drainedTotal, LIMBS } from "./lazy-totals.ts";
import {
  COEFFICIENT_BYTES,
  PIECE_BYTES,
  PIECE_ROWS,
  ROW_BYTES,
  rowsOf,
  SECTOR_BYTES,
  SECTORS,
} from "./rows.ts";

/** Sums coefficient * row mod p, sector by sector, over pieces of up to 256 rows. */
export interface RowSum {
  /** Two buffers of a piece each, to be filled in turn: one can be read into while the other is added. */
  readonly pieces: readonly [Uint8Array, Uint8Array];
  /**
   * Adds the rows in the first `bytes` bytes of a buffer; a last row that is not whole is filled with
   * zeros. There are 9 bytes of coefficient for each. Anything in the buffer may change.
   */
  add(piece: 0 | 1, bytes: number, coefficients: Uint8Array): void;
  /** The sums so far; they start again at zero. */
  take(): readonly bigint[];
}

/** A sum with SIMD where there is some. One is a megabyte or seven: use it again where possible. */
export function rowSum(): RowSum {
  return kernelRowSum() ?? bigintRowSum();
}

/** Plain arithmetic: what the kernel must equal, and what serves without SIMD. */
export function bigintRowSum(): RowSum {
  const pieces = [new Uint8Array(PIECE_BYTES), new Uint8Array(PIECE_BYTES)] as const;
  const sums = Array.from({ length: SECTORS }, () => 0n);
  return {
    pieces,
    add(piece, bytes, coefficients) {
      const data = pieces[piece];
      data.fill(0, bytes, rowsOf(bytes) * ROW_BYTES);
      for (let row = 0; row < rowsOf(bytes); row += 1) {
        const coefficient = readNumber(coefficients, row * COEFFICIENT_BYTES, COEFFICIENT_BYTES);
        for (let sector = 0; sector < SECTORS; sector += 1) {
          const at = row * ROW_BYTES + sector * SECTOR_BYTES;
          const value = coefficient * readNumber(data, at, SECTOR_BYTES);
          sums[sector] = ((sums[sector] ?? 0n) + value) % P;
        }
      }
    },
    take() {
      const taken = [...sums];
      sums.fill(0n);
      return taken;
    },
  };
}

const WORDS = ROW_BYTES / 4;
/** Coefficients of a piece, and what the kernel reads beyond the last. */
const COEFFICIENTS_BYTES = PIECE_ROWS * COEFFICIENT_BYTES + 64;
const SCRATCH_BYTES = 24_576;
const TOTALS_BYTES = 2 * LIMBS * WORDS * 8;

function kernelRowSum(): RowSum | null {
  const second = HEAP_BASE + PIECE_BYTES;
  const coefficientsAt = second + PIECE_BYTES;
  const scratch = coefficientsAt + COEFFICIENTS_BYTES;
  const totals = scratch + SCRATCH_BYTES;
  const kernel = loadSweepKernel(totals + TOTALS_BYTES - HEAP_BASE);
  if (kernel === null) return null;
  const { buffer } = kernel.memory;
  const pieces = [
    new Uint8Array(buffer, HEAP_BASE, PIECE_BYTES),
    new Uint8Array(buffer, second, PIECE_BYTES),
  ] as const;
  const coefficientBytes = new Uint8Array(buffer, coefficientsAt, COEFFICIENTS_BYTES);
  return {
    pieces,
    add(piece, bytes, coefficients) {
      const rows = rowsOf(bytes);
      pieces[piece].fill(0, bytes, rows * ROW_BYTES);
      coefficientBytes.fill(0);
      coefficientBytes.set(coefficients);
      const data = pieces[piece].byteOffset;
      kernel.functions.accumulateRows(data, rows, coefficientsAt, scratch, totals);
    },
    take() {
      const drained = new BigUint64Array(buffer, totals, TOTALS_BYTES / 8);
      const columns = Array.from({ length: SECTORS }, (_, sector) => {
        let sum = 0n;
        for (let word = 0; word < 3; word += 1) {
          sum += drainedTotal(drained, WORDS, 3 * sector + word) << BigInt(32 * word);
        }
        return sum % P;
      });
      drained.fill(0n);
      return columns;
    },
  };
}
