import { type ChiSquare, chiSquare, normalTail } from "../statistics/tests.ts";
import type { Micros } from "../time.ts";
import { isUnlikely, SIGNIFICANCE, type SignificanceRules } from "./rules.ts";

/** What one instance was given in one clock hour. */
export interface InstanceHour {
  readonly chuteId: string;
  /** Start of the hour. */
  readonly hour: Micros;
  readonly instanceId: string;
  readonly hotkey: string;
  readonly coldkey: string;
  /** Attempts sent to it, failed ones included: sending is what is judged. */
  readonly requests: number;
  /** How much of the hour it could be sent any. */
  readonly active: Micros;
  /** Mean duration of its attempts in seconds; null when it had none that ended. */
  readonly meanSeconds: number | null;
}

/** Requests sent and requests that a fair balancer would have sent. */
export interface Share {
  readonly observed: number;
  readonly expected: number;
}

/** One chute's requests over its instances. */
export interface ChuteShares extends ChiSquare {
  readonly chuteId: string;
  readonly requests: number;
  readonly instances: readonly (Share & { readonly instanceId: string; readonly hotkey: string })[];
  readonly isRemarkable: boolean;
}

/** What all instances of one owner were sent. */
export interface OwnerShare extends Share {
  readonly coldkey: string;
  /** Observed by expected. */
  readonly ratio: number;
  /** One-sided, by the normal approximation. */
  readonly pValue: number;
  readonly isRemarkable: boolean;
}

/**
 * Tests for each chute whether requests went where the fewest were open. Such a balancer keeps equally
 * many open at each instance, so in an hour each gets requests in proportion to the time it was there
 * and to its speed; where a speed is unknown, to its time alone.
 */
export function chuteShares(
  hours: readonly InstanceHour[],
  rules: SignificanceRules = SIGNIFICANCE,
): readonly ChuteShares[] {
  const chutes = [...Map.groupBy(expectedShares(hours), ({ chuteId }) => chuteId)].sort(byKey);
  return chutes.map(([chuteId, parts]) => {
    const instances = [...Map.groupBy(parts, ({ instanceId }) => instanceId)]
      .sort(byKey)
      .map(([instanceId, own]) => ({ instanceId, hotkey: own[0]?.hotkey ?? "", ...added(own) }));
    const test = chiSquare(instances);
    const isLarge = test.effect >= rules.minEffect;
    return {
      chuteId,
      requests: instances.reduce((sum, { observed }) => sum + observed, 0),
      instances,
      ...test,
      isRemarkable: isLarge && isUnlikely(test.pValue, chutes.length, rules),
    };
  });
}

/** Finds owners who were sent more than their instances account for. */
export function ownerShares(
  hours: readonly InstanceHour[],
  rules: SignificanceRules = SIGNIFICANCE,
): readonly OwnerShare[] {
  const parts = expectedShares(hours);
  const total = parts.reduce((sum, { observed }) => sum + observed, 0);
  const owners = [...Map.groupBy(parts, ({ coldkey }) => coldkey)].sort(byKey);
  return owners.map(([coldkey, own]) => {
    const { observed, expected } = added(own);
    const variance = expected * (1 - expected / Math.max(1, total));
    const pValue = variance > 0 ? normalTail((observed - expected) / Math.sqrt(variance)) : 1;
    const ratio = expected > 0 ? observed / expected : 1;
    const isLarge = ratio >= rules.minRatio && expected >= rules.minTrials;
    const isRemarkable = isLarge && isUnlikely(pValue, owners.length, rules);
    return { coldkey, observed, expected, ratio, pValue, isRemarkable };
  });
}

interface Part extends InstanceHour, Share {}

function expectedShares(hours: readonly InstanceHour[]): readonly Part[] {
  const cells = Map.groupBy(hours, ({ chuteId, hour }) => `${chuteId} ${hour}`);
  return [...cells].sort(byKey).flatMap(([, cell]) => {
    const sorted = cell.toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
    const knowsSpeed = sorted.every(({ meanSeconds }) => meanSeconds !== null && meanSeconds > 0);
    const weightOf = ({ active, meanSeconds }: InstanceHour) =>
      knowsSpeed ? active / (meanSeconds ?? 1) : active;
    const weights = sorted.reduce((sum, row) => sum + weightOf(row), 0);
    const requests = sorted.reduce((sum, row) => sum + row.requests, 0);
    if (weights === 0) return [];
    return sorted.map((row) => ({
      ...row,
      observed: row.requests,
      expected: (requests * weightOf(row)) / weights,
    }));
  });
}

function added(shares: readonly Share[]): Share {
  return shares.reduce<Share>(
    (sum, { observed, expected }) => ({
      observed: sum.observed + observed,
      expected: sum.expected + expected,
    }),
    { observed: 0, expected: 0 },
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
