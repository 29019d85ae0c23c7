import type { Counter } from "../statistics/counters.ts";
import type { Threshold } from "./tier.ts";

/** 75th percentile of the normal distribution: upstream's interval holds 50 % of it. */
const UPSTREAM_Z = 0.674_489_750_196_081_7;

/** z = 1.96 as a fraction: an interval of 95 %. */
const Z = { numerator: 49n, denominator: 25n };

/**
 * Middle of Wilson's interval, which upstream calls its lower bound; 0.5 for a miner nobody asked.
 * Only operations that IEEE 754 rounds exactly, so the same everywhere.
 */
export function wilsonMidpoint({ attempts, successes }: Counter): number {
  if (attempts === 0) return 0.5;
  const z = UPSTREAM_Z;
  const share = successes / attempts;
  const scale = 1 + (z * z) / attempts;
  const centre = share + (z * z) / (2 * attempts);
  const half = Math.sqrt((share * (1 - share) + (z * z) / (4 * attempts)) / attempts);
  const low = (centre - z * half) / scale;
  const high = (centre + z * half) / scale;
  return (Math.max(0, low) + Math.min(high, 1)) / 2;
}

/** Lower end of Wilson's interval for z = 1.96, for people to look at; decisions use `reachesWilson`. */
export function wilsonLowerBound({ attempts, successes }: Counter): number {
  if (attempts === 0) return 0;
  const z = Number(Z.numerator) / Number(Z.denominator);
  const share = successes / attempts;
  const centre = share + (z * z) / (2 * attempts);
  const half = Math.sqrt((share * (1 - share) + (z * z) / (4 * attempts)) / attempts);
  return Math.max(0, (centre - z * half) / (1 + (z * z) / attempts));
}

/**
 * Whether the lower end of Wilson's interval reaches a threshold, exactly. The interval is what the
 * score test does not reject: its end reaches θ when p ≥ θ and n·(p − θ)² ≥ z²·θ·(1 − θ). With
 * p = s/n and θ = a/b that is (s·b − a·n)² ≥ z²·a·(b − a)·n, in whole numbers.
 */
export function reachesWilson({ attempts, successes }: Counter, threshold: Threshold): boolean {
  if (attempts === 0) return false;
  const [n, s] = [BigInt(attempts), BigInt(successes)];
  const [a, b] = [BigInt(threshold.numerator), BigInt(threshold.denominator)];
  const lead = s * b - a * n;
  if (lead < 0n) return false;
  const { numerator, denominator } = Z;
  return lead * lead * denominator * denominator >= numerator * numerator * a * (b - a) * n;
}
