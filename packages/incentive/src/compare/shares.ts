import type { Hotkey, Uid } from "@neurond/primitives";
import { type Atto, distance, largestOf, ONE, shareOf, sumOf } from "../fixed.ts";
import { type Member, sortMembers } from "../members.ts";
import { type RankAgreement, rankAgreement } from "./ranks.ts";

/** When a difference is worth a warning, and when their sum is. */
export interface CompareThresholds {
  readonly maxDelta: Atto;
  readonly maxL1: Atto;
}

/** 0.03 for one miner, 0.02 for the sum of all differences. */
export const COMPARE_THRESHOLDS: CompareThresholds = {
  maxDelta: (3n * ONE) / 100n,
  maxL1: (2n * ONE) / 100n,
};

/** One member as computed and as it is. */
export interface ShareDelta {
  readonly hotkey: Hotkey;
  readonly uid: Uid;
  readonly expected: Atto;
  readonly actual: Atto;
  readonly delta: Atto;
  /** Whether only one of the two is above zero. */
  readonly side: "both" | "expected_only" | "actual_only";
  readonly isWithin: boolean;
}

/** How what was computed compares with what was paid. */
export interface ShareComparison extends RankAgreement {
  /** Everybody who has a share on either side, ascending by hotkey. */
  readonly deltas: readonly ShareDelta[];
  readonly l1: Atto;
  readonly maxDelta: Atto;
  /** Every delta and their sum within the thresholds, and something to compare on both sides. */
  readonly agrees: boolean;
}

/**
 * Compares shares with any other statement in proportions: incentives of the metagraph, the weight row
 * a validator set, or the scores it publishes. A hotkey that is no member is nobody.
 */
export function compareShares(
  members: readonly Member[],
  expected: ReadonlyMap<string, bigint>,
  actual: ReadonlyMap<string, bigint>,
  thresholds: CompareThresholds = COMPARE_THRESHOLDS,
): ShareComparison {
  const sorted = sortMembers(members);
  const [ours, theirs] = [normalised(sorted, expected), normalised(sorted, actual)];
  const deltas = sorted.flatMap(({ hotkey, uid }, index) => {
    const [a, b] = [ours[index] ?? 0n, theirs[index] ?? 0n];
    if (a === 0n && b === 0n) return [];
    const delta = distance(a, b);
    const isWithin = delta <= thresholds.maxDelta;
    return [{ hotkey, uid, expected: a, actual: b, delta, side: sideOf(a, b), isWithin }];
  });
  const l1 = sumOf(deltas.map(({ delta }) => delta));
  const hasBoth = ours.some((share) => share > 0n) && theirs.some((share) => share > 0n);
  return {
    deltas,
    l1,
    maxDelta: largestOf(deltas.map(({ delta }) => delta)),
    agrees: hasBoth && l1 <= thresholds.maxL1 && deltas.every(({ isWithin }) => isWithin),
    ...rankAgreement(
      deltas.map((delta) => delta.expected),
      deltas.map((delta) => delta.actual),
    ),
  };
}

/** Incentives of a metagraph, u16, by hotkey. */
export function incentivesOf(
  members: readonly (Member & { readonly incentive: number })[],
): ReadonlyMap<string, bigint> {
  return new Map(members.map(({ hotkey, incentive }) => [hotkey, BigInt(incentive)]));
}

/** A weight row on chain, by the hotkeys that hold its uids now. */
export function rowByHotkey(
  members: readonly Member[],
  row: readonly { readonly uid: number; readonly value: number }[],
): ReadonlyMap<string, bigint> {
  const values = new Map(row.map(({ uid, value }) => [uid, value]));
  return new Map(members.map(({ hotkey, uid }) => [hotkey, BigInt(values.get(uid) ?? 0)]));
}

function normalised(members: readonly Member[], amounts: ReadonlyMap<string, bigint>) {
  const own = members.map(({ hotkey }) => amounts.get(hotkey) ?? 0n);
  const whole = sumOf(own);
  return own.map((amount) => shareOf(amount, whole));
}

function sideOf(expected: Atto, actual: Atto): ShareDelta["side"] {
  if (actual === 0n) return "expected_only";
  return expected === 0n ? "actual_only" : "both";
}
