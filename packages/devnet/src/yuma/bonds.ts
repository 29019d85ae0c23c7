import { type I32F32, mul, normalize, ONE, ratio } from "./fixed.ts";
import { emaWithLiquidAlpha, type LiquidAlpha } from "./liquid-alpha.ts";
import {
  columnMaxima,
  columnSums,
  divideColumns,
  SparseBuilder,
  type SparseMatrix,
  sizeOf,
} from "./sparse.ts";

/** What the epoch has found by the time it turns to the bonds. */
export interface BondInputs {
  /** From step 11. */
  readonly weights: SparseMatrix;
  /** From step 12, still the stored integers. */
  readonly bonds: SparseMatrix;
  readonly activeStake: Float64Array;
  readonly incentive: Float64Array;
  readonly consensus: Float64Array;
  /** The share of the new bonds in the moving average. */
  readonly alpha: I32F32;
  readonly liquidAlpha: LiquidAlpha | undefined;
}

/** Bonds after the epoch, ready to be stored, and what they earn. */
export interface BondResult {
  readonly bonds: SparseMatrix;
  readonly dividends: Float64Array;
}

/** Step 13b, classic Yuma: a validator's bonds are its stake-weighted share in each miner. */
export function classicBonds(inputs: BondInputs): BondResult {
  const old = normalizeIntegerColumns(inputs.bonds);
  const delta = normalizeColumns(scaleRows(inputs.weights, inputs.activeStake));
  const bonds = normalizeColumns(movingAverage(delta, old, inputs.alpha));
  return {
    bonds: divideColumns(bonds, columnMaxima(bonds)),
    dividends: normalize(rowProducts(bonds, inputs.incentive)),
  };
}

/** Step 13a, Yuma 3: bonds grow toward the weights, without stake; stake counts in the dividends. */
export function yuma3Bonds(inputs: BondInputs): BondResult {
  const { weights, consensus, liquidAlpha, activeStake } = inputs;
  const old = { ...inputs.bonds, values: inputs.bonds.values.map((v) => ratio(v, 65_535)) };
  const liquid = liquidAlpha !== undefined && consensus.some((value) => value !== 0);
  const bonds = liquid
    ? emaWithLiquidAlpha(weights, old, consensus, liquidAlpha)
    : movingAverage(weights, old, inputs.alpha);
  const earned = rowProducts(normalizeColumns(bonds), inputs.incentive);
  return {
    bonds,
    dividends: normalize(earned.map((value, uid) => mul(activeStake[uid] as number, value))),
  };
}

/** `alpha · fresh + (1 − alpha) · old` over the union of their entries. */
function movingAverage(fresh: SparseMatrix, old: SparseMatrix, alpha: I32F32): SparseMatrix {
  const n = sizeOf(fresh);
  const average = new SparseBuilder(n, fresh.values.length + old.values.length);
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const added = addScaledRow(row, fresh, i, alpha) + addScaledRow(row, old, i, ONE - alpha);
    if (added > 0) average.endDenseRow(row);
    else average.endRow();
  }
  return average.finish();
}

function addScaledRow(row: Float64Array, matrix: SparseMatrix, i: number, factor: I32F32): number {
  const from = matrix.start[i] as number;
  const to = matrix.start[i + 1] as number;
  for (let k = from; k < to; k++) {
    const j = matrix.uids[k] as number;
    row[j] = (row[j] as number) + mul(factor, matrix.values[k] as number);
  }
  return to - from;
}

function scaleRows({ start, uids, values }: SparseMatrix, factors: Float64Array): SparseMatrix {
  const scaled = new Float64Array(values.length);
  for (let i = 0; i < factors.length; i++) {
    const factor = factors[i] as number;
    for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
      scaled[k] = mul(factor, values[k] as number);
    }
  }
  return { start, uids, values: scaled };
}

function rowProducts({ start, uids, values }: SparseMatrix, vector: Float64Array): Float64Array {
  return vector.map((_, i) => {
    let total = 0;
    for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
      total += mul(vector[uids[k] as number] as number, values[k] as number);
    }
    return total;
  });
}

function normalizeColumns(matrix: SparseMatrix): SparseMatrix {
  return divideColumns(matrix, columnSums(matrix));
}

function normalizeIntegerColumns(matrix: SparseMatrix): SparseMatrix {
  const sums = columnSums(matrix);
  const values = matrix.values.map((value, k) =>
    ratio(value, sums[matrix.uids[k] as number] as number),
  );
  return { ...matrix, values };
}
