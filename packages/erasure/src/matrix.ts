import { divide, multiply } from "./field.ts";

/** Rows of coefficients, all of one length. */
export type Matrix = readonly Uint8Array[];

/**
 * How a shard is made of the k data shards: data are themselves, parity `p` has p / (p XOR c) for data
 * shard c, a Cauchy matrix with its rows scaled so that the first column is all ones.
 */
export function generatorRow(k: number, shard: number): Uint8Array {
  if (shard < k) return new Uint8Array(k).fill(1, shard, shard + 1);
  return Uint8Array.from({ length: k }, (_, data) => divide(shard, shard ^ data));
}

/** The inverse of a regular square matrix, by elimination. */
export function inverseOf(matrix: Matrix): Matrix {
  const size = matrix.length;
  const left = matrix.map((row) => Uint8Array.from(row));
  const right = matrix.map((_, at) => generatorRow(size, at));
  for (let column = 0; column < size; column += 1) {
    const pivot = left.findIndex((row, at) => at >= column && row[column] !== 0);
    if (pivot < 0) throw new RangeError("the matrix is singular");
    swap(left, pivot, column);
    swap(right, pivot, column);
    const scale = divide(1, left[column]?.[column] ?? 0);
    scaleRow(left[column], scale);
    scaleRow(right[column], scale);
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const factor = left[row]?.[column] ?? 0;
      addRow(left[row], left[column], factor);
      addRow(right[row], right[column], factor);
    }
  }
  return right;
}

/** A row vector times a matrix. */
export function rowTimes(row: Uint8Array, matrix: Matrix): Uint8Array {
  const sum = new Uint8Array(matrix[0]?.length ?? 0);
  for (const [at, factor] of row.entries()) addRow(sum, matrix[at], factor);
  return sum;
}

function swap(rows: Uint8Array[], a: number, b: number): void {
  const [first, second] = [rows[a], rows[b]];
  if (first === undefined || second === undefined) return;
  rows[a] = second;
  rows[b] = first;
}

function scaleRow(row: Uint8Array | undefined, factor: number): void {
  row?.forEach((value, at) => {
    row[at] = multiply(value, factor);
  });
}

function addRow(to: Uint8Array | undefined, from: Uint8Array | undefined, factor: number): void {
  if (factor === 0) return;
  from?.forEach((value, at) => {
    if (to !== undefined) to[at] = (to[at] ?? 0) ^ multiply(value, factor);
  });
}
