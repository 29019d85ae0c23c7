import type { Hotkey } from "@neurond/primitives";
import { exceeds, type Fraction, HALF } from "./fraction.ts";

/** Stake in rao of every eligible validator, heard or not: silence must hurt the quorum. */
export type Stakes = ReadonlyMap<Hotkey, bigint>;

/** Why a run has no quorum. */
export type QuorumMiss = "STAKE_SHORT" | "REPORTERS_FEW" | "SELF_MISSING";

/** What a subnet's validators agreed to ask for. */
export interface QuorumRules {
  /** Strictly more than this share of eligible stake must have a valid report. */
  readonly fraction: Fraction;
  readonly minReporters: number;
  readonly requireSelf: boolean;
}

/** Half of the stake, two reporters, oneself among them. Two thirds of the stake is the better choice. */
export const DEFAULT_QUORUM: QuorumRules = { fraction: HALF, minReporters: 2, requireSelf: true };

/**
 * What was heard. A median over `heard` is bounded by honest votes exactly while dishonest stake is
 * below half of it: at full participation below 50 % of all stake, at a quorum of 1/2 below 25 %.
 */
export interface Quorum {
  readonly holds: boolean;
  readonly misses: readonly QuorumMiss[];
  readonly heard: bigint;
  readonly total: bigint;
}

/** Whether enough stake was heard; reporters that are not eligible are passed over. */
export function checkQuorum(
  stakes: Stakes,
  reporters: Iterable<Hotkey>,
  self: Hotkey,
  rules: QuorumRules = DEFAULT_QUORUM,
): Quorum {
  const heardFrom = new Set([...reporters].filter((hotkey) => stakeOf(stakes, hotkey) > 0n));
  const total = sum(stakes.values());
  const heard = sum([...heardFrom].map((hotkey) => stakeOf(stakes, hotkey)));
  const misses: QuorumMiss[] = [];
  if (!exceeds(heard, total, rules.fraction)) misses.push("STAKE_SHORT");
  if (heardFrom.size < rules.minReporters) misses.push("REPORTERS_FEW");
  if (rules.requireSelf && !heardFrom.has(self)) misses.push("SELF_MISSING");
  return { holds: misses.length === 0, misses, heard, total };
}

function stakeOf(stakes: Stakes, hotkey: Hotkey): bigint {
  return stakes.get(hotkey) ?? 0n;
}

function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
