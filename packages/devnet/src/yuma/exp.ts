import { div, type I32F32, mulWide, ONE } from "./fixed.ts";

const LIMIT: I32F32 = 20 * ONE;
const EXACT_LIMIT: I32F32 = 14 * ONE; // up to here every term of the series fits a double
const LAST_TERM = 31;
const RELATIVE_ERROR = 2 ** -50; // of two roundings, with room to spare
const E: I32F32 = 11_674_931_200;

/**
 * e^x of the fixed-point library the runtime uses, for `|x| ≤ 14`; beyond, see {@link logistic}.
 *
 * The library answers 1 with a constant of its own, and −1 with the reciprocal of the series.
 */
export function exp(x: I32F32): I32F32 {
  if (x === ONE) return E;
  const power = series(Math.abs(x));
  return x < 0 ? div(ONE, power) : power;
}

/** 1 / (1 + e^x), with x clamped to ±20 as the pallet's safe exponential does. */
export function logistic(x: I32F32): I32F32 {
  if (Math.abs(x) <= EXACT_LIMIT) return div(ONE, ONE + exp(x));
  const one = BigInt(ONE);
  const power = wideSeries(BigInt(Math.min(Math.abs(x), LIMIT)));
  return Number((one * one) / (one + (x > 0 ? power : (one * one) / power)));
}

/**
 * `1 + x + Σ term`, each term the last times x over i, rounded down.
 *
 * A double estimates the term within two units of its last bit, so its floor is right unless an
 * integer lies that near; only then is the product formed exactly. It is the hot loop of liquid alpha.
 */
function series(x: I32F32): I32F32 {
  let term = x;
  let total = ONE + x;
  for (let i = 2; i <= LAST_TERM && term > 0; i++) {
    const estimate = term * (x / (ONE * i));
    const rounded = Math.floor(estimate);
    const error = estimate * RELATIVE_ERROR;
    const fraction = estimate - rounded;
    const certain = fraction > error && fraction < 1 - error;
    term = certain ? rounded : Math.floor(mulWide(term, x) / i);
    total += term;
  }
  return total;
}

/** The same series for the few arguments whose terms outgrow a double. */
function wideSeries(x: bigint): bigint {
  let term = x;
  let total = BigInt(ONE) + x;
  for (let i = 2n; i <= LAST_TERM; i++) {
    term = ((term * x) >> 32n) / i;
    total += term;
  }
  return total;
}
