import type { Dice } from "./dice.ts";

/** When requests are made. */
export interface Schedule {
  /** `poisson`: at moments nobody can foresee. `fixed`: one after each interval. */
  readonly kind: "poisson" | "fixed";
  readonly intervalMs: number;
}

/**
 * The moment of the next request after one at `lastMs`, seen from `nowMs`. Never two in one interval of
 * the clock: moments of the Poisson process that fall into the interval of the last request are passed
 * over, as are those that went by while it was answered. That leaves 63 % of intervals with a request.
 */
export function nextMoment(
  { kind, intervalMs }: Schedule,
  lastMs: number | null,
  nowMs: number,
  dice: Dice,
): number {
  if (kind === "fixed") return lastMs === null ? nowMs : Math.max(nowMs, lastMs + intervalMs);
  const used = lastMs === null ? null : Math.floor(lastMs / intervalMs);
  let moment = nowMs;
  do moment += Math.max(1, Math.round(dice.exponential(intervalMs)));
  while (Math.floor(moment / intervalMs) === used);
  return moment;
}
