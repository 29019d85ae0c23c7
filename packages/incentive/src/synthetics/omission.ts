import { betaShare } from "../statistics/special.ts";

/** What a sample of probes says about all requests. Rates are doubles: they are estimates. */
export interface OmissionBound {
  /** Probes that could be judged: found, mismatched or missing. */
  readonly judged: number;
  readonly missing: number;
  readonly confidence: number;
  /** Exact (Clopper and Pearson): with this confidence the rate of omission is at most this. */
  readonly upper: number;
  /** `3 / n`, the rule of thumb for 95 % when nothing is missing; null when it does not apply. */
  readonly ruleOfThree: number | null;
}

/**
 * The largest rate of omission that a sample leaves plausible, one-sided. It holds for probes drawn like
 * any other request: a validator that can tell them apart is bounded by nothing.
 */
export function omissionBound(judged: number, missing: number, confidence = 0.95): OmissionBound {
  return {
    judged,
    missing,
    confidence,
    upper: missing >= judged ? 1 : upperRate(judged, missing, 1 - confidence),
    ruleOfThree: missing === 0 && judged > 0 && confidence === 0.95 ? 3 / judged : null,
  };
}

/** The rate at which `missing` or fewer of `judged` has probability `doubt`, by halving. */
function upperRate(judged: number, missing: number, doubt: number): number {
  if (missing === 0) return -Math.expm1(Math.log(doubt) / judged);
  let [low, high] = [missing / judged, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (1 - betaShare(middle, missing + 1, judged - missing) > doubt) low = middle;
    else high = middle;
  }
  return high;
}
