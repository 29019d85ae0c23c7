import { HEAP_BASE, loadSweepKernel } from "@neurond/kernels";
import { P, readNumber } from "./field.ts";
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

/** A sum with SIMD where there is some. One takes seven mebibytes: use it again where possible. */
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

const HALVES = ROW_BYTES / 2;
/** Digits in base 2^11 of a coefficient. */
const DIGITS = 7;
const COEFFICIENTS_BYTES = PIECE_ROWS * COEFFICIENT_BYTES;
const SCRATCH_BYTES = 17_920;
const TOTALS = DIGITS * HALVES;
const TOTALS_BYTES = (TOTALS + 2) * 8;
/** What the kernel takes from each half, times one for each of a sector's six. */
const CENTRED = Array.from({ length: 6 }, (_, half) => 2n ** BigInt(15 + 16 * half)).reduce(
  (sum, part) => sum + part,
);

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
      coefficientBytes.set(coefficients);
      const data = pieces[piece].byteOffset;
      kernel.functions.accumulateRows(data, rows, coefficientsAt, scratch, totals);
    },
    take() {
      const columns = columnsOf(new BigInt64Array(buffer, totals, TOTALS + 2));
      new Uint8Array(buffer, totals, TOTALS_BYTES).fill(0);
      return columns;
    },
  };
}

/** Sectors' sums from the kernel's totals: per digit and half, then those of the coefficients. */
function columnsOf(totals: BigInt64Array): readonly bigint[] {
  const coefficients = (totals[TOTALS] ?? 0n) + ((totals[TOTALS + 1] ?? 0n) << 36n);
  return Array.from({ length: SECTORS }, (_, sector) => {
    let sum = coefficients * CENTRED;
    for (let half = 0; half < 6; half += 1) {
      let digits = 0n;
      for (let digit = DIGITS - 1; digit >= 0; digit -= 1) {
        digits = (digits << 11n) + (totals[digit * HALVES + 6 * sector + half] ?? 0n);
      }
      sum += digits << BigInt(16 * half);
    }
    const reduced = sum % P;
    return reduced < 0n ? reduced + P : reduced;
  });
}
