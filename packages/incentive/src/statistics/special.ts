/** Coefficients of Lanczos' approximation for g = 7 and n = 9. */
const LEADING = 0.99999999999980993;
const LANCZOS: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const EPSILON = 1e-15;
const TINY = 1e-300;
const MAX_STEPS = 100_000;

/** Natural logarithm of the gamma function of a positive number. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const base = x + 6.5;
  const series = LANCZOS.reduce((sum, c, index) => sum + c / (x + index), LEADING);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * Upper regularised incomplete gamma function Q(a, x): by its series below a + 1 and its continued
 * fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31), evaluated by Lentz' method.
 */
export function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x >= a + 1)
    return (
      factor *
      fraction(
        (n) => (n === 0 ? 1 : n * (a - n)),
        (n) => x + 2 * n + 1 - a,
      )
    );
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_STEPS && term > sum * EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return 1 - factor * sum;
}

/** Regularised incomplete beta function I_x(a, b), by its continued fraction (A. and S. 26.5.8). */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side; the other is its mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b);
  const factor = Math.exp(scale + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const numerator = (n: number) => {
    if (n === 0) return 1;
    const m = Math.floor((n - 1) / 2);
    return n % 2 === 1
      ? (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
      : ((m + 1) * (b - m - 1) * x) / ((a + 2 * m + 1) * (a + 2 * m + 2));
  };
  return factor * fraction(numerator, () => 1);
}

/** `n0 / (d0 + n1 / (d1 + ...))` by the modified method of Lentz. */
function fraction(numerator: (n: number) => number, denominator: (n: number) => number): number {
  const awayFromZero = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let value = TINY;
  let c = TINY;
  let d = 0;
  for (let n = 0; n < MAX_STEPS; n++) {
    d = 1 / awayFromZero(denominator(n) + numerator(n) * d);
    c = awayFromZero(denominator(n) + numerator(n) / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < EPSILON) break;
  }
  return value;
}
