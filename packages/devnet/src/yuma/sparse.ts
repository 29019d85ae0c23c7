import { div } from "./fixed.ts";

/**
 * A sparse n × n matrix by rows: entries `start[i]` to `start[i + 1]` belong to row i.
 *
 * An entry may hold 0: a validator who gave a miner weight zero said something, and the bonds
 * treat it differently from one who said nothing.
 */
export interface SparseMatrix {
  readonly start: Uint32Array;
  readonly uids: Uint16Array;
  readonly values: Float64Array;
}

/** Collects a matrix row by row, each row entry by entry. */
export class SparseBuilder {
  readonly #start: Uint32Array;
  readonly #uids: Uint16Array;
  readonly #values: Float64Array;
  #row = 0;
  #size = 0;

  constructor(rows: number, capacity: number) {
    this.#start = new Uint32Array(rows + 1);
    this.#uids = new Uint16Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  push(uid: number, value: number): void {
    this.#uids[this.#size] = uid;
    this.#values[this.#size] = value;
    this.#size++;
  }

  /** Ends the row with the positive entries of a dense one, ascending, and leaves that one empty. */
  endDenseRow(row: Float64Array): void {
    for (let j = 0; j < row.length; j++) {
      const value = row[j] as number;
      if (value > 0) this.push(j, value);
    }
    row.fill(0);
    this.endRow();
  }

  endRow(): void {
    this.#start[++this.#row] = this.#size;
  }

  finish(): SparseMatrix {
    return {
      start: this.#start,
      uids: this.#uids.subarray(0, this.#size),
      values: this.#values.subarray(0, this.#size),
    };
  }
}

/** Number of rows, which is also the number of columns. */
export function sizeOf(matrix: SparseMatrix): number {
  return matrix.start.length - 1;
}

/** The sum of each column. */
export function columnSums({ start, uids, values }: SparseMatrix): Float64Array {
  const sums = new Float64Array(start.length - 1);
  for (let k = 0; k < values.length; k++) {
    const j = uids[k] as number;
    sums[j] = (sums[j] as number) + (values[k] as number);
  }
  return sums;
}

/** The largest entry of each column, 0 for an empty one. */
export function columnMaxima({ start, uids, values }: SparseMatrix): Float64Array {
  const maxima = new Float64Array(start.length - 1);
  for (let k = 0; k < values.length; k++) {
    const j = uids[k] as number;
    maxima[j] = Math.max(maxima[j] as number, values[k] as number);
  }
  return maxima;
}

/** Every entry over the divisor of its column; entries of a column with divisor 0 stay. */
export function divideColumns(matrix: SparseMatrix, divisors: Float64Array): SparseMatrix {
  const { start, uids } = matrix;
  const values = matrix.values.slice();
  for (let k = 0; k < values.length; k++) {
    const divisor = divisors[uids[k] as number] as number;
    if (divisor !== 0) values[k] = div(values[k] as number, divisor);
  }
  return { start, uids, values };
}
