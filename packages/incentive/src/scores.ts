import type { Hotkey } from "@neurond/primitives";
import { type Atto, shareOf, sumOf } from "./fixed.ts";
import { displaced, type Member } from "./members.ts";
import type { Micros } from "./time.ts";

/** One miner's way from what was measured to its share. */
export interface MinerScore<Raw, Values> {
  readonly member: Member;
  /** Features as counted. */
  readonly raw: Raw;
  /** Features as shares of one, before weighting. */
  readonly values: Values;
  /** Proportional to the share; comparable within one result only. */
  readonly score: bigint;
  /** Of one, half to even at 10^-18. */
  readonly share: Atto;
  /** The hotkey of the same coldkey that is paid in its place. */
  readonly displacedBy: Hotkey | null;
}

/** Who earned what in the week before `asOf`; ascending by hotkey. */
export interface ScoreTable<Raw, Values> {
  readonly asOf: Micros;
  readonly miners: readonly MinerScore<Raw, Values>[];
  /** Sum of the scores that are paid. Zero: nobody earned anything, and no weights follow from it. */
  readonly total: bigint;
}

/** A miner before its coldkey is looked at. */
export type Candidate<Raw, Values> = Pick<
  MinerScore<Raw, Values>,
  "member" | "raw" | "values" | "score"
>;

/** Pays each coldkey once and divides by the sum. Candidates are in the order of their hotkeys. */
export function tableOf<Raw, Values>(
  asOf: Micros,
  candidates: readonly Candidate<Raw, Values>[],
): ScoreTable<Raw, Values> {
  const losers = displaced(candidates);
  const paid = candidates.map((candidate) => {
    const displacedBy = losers.get(candidate.member.hotkey) ?? null;
    return { ...candidate, displacedBy, score: displacedBy === null ? candidate.score : 0n };
  });
  const total = sumOf(paid.map(({ score }) => score));
  return {
    asOf,
    total,
    miners: paid.map((miner) => ({ ...miner, share: shareOf(miner.score, total) })),
  };
}

/** What is paid, in exact proportion: what vectors and comparisons are made of, before any rounding. */
export function scoresOf(table: ScoreTable<unknown, unknown>): ReadonlyMap<Hotkey, bigint> {
  return new Map(
    table.miners
      .filter(({ score }) => score > 0n)
      .map(({ member, score }) => [member.hotkey, score]),
  );
}

/** The shares above zero. */
export function sharesOf(table: ScoreTable<unknown, unknown>): ReadonlyMap<Hotkey, Atto> {
  return new Map(
    table.miners
      .filter(({ share }) => share > 0n)
      .map(({ member, share }) => [member.hotkey, share]),
  );
}
