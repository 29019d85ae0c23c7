import type { ScoreMap } from "@neurond/ledger";
import { type Hotkey, type Micro, toMicro } from "@neurond/primitives";
import { exceeds, HALF } from "./fraction.ts";
import { weightedMedians } from "./median.ts";
import { checkQuorum, type Quorum, type QuorumRules, type Stakes } from "./quorum.ts";
import { NO_VOTE } from "./selection.ts";

/** All that a run's agreement depends on; the same input gives the same result anywhere. */
export interface AggregateInput {
  readonly stakes: Stakes;
  /** Valid reports, at most one of each validator, one's own among them. */
  readonly reports: ReadonlyMap<Hotkey, ScoreMap>;
  /** Miners in the run's roster that are registered; uid 0 is never one. */
  readonly candidates: Iterable<Hotkey>;
  readonly self: Hotkey;
  readonly rules?: QuorumRules;
}

/** What the validators of a run agree on. */
export interface Aggregate {
  readonly quorum: Quorum;
  /** Lower weighted median of each miner that enough stake reported, ascending by hotkey. */
  readonly medians: ReadonlyMap<Hotkey, Micro>;
  /**
   * Miners reported by half of all stake or less. They are neither ranked nor zero: one validator
   * could otherwise invent a miner and be its whole median.
   */
  readonly insufficientCoverage: readonly Hotkey[];
  /** Those among them that nobody reported. */
  readonly unreported: readonly Hotkey[];
}

/** From reports and stakes to one score for each miner. */
export function aggregate(input: AggregateInput): Aggregate {
  const { stakes, reports } = input;
  const quorum = checkQuorum(stakes, reports.keys(), input.self, input.rules);
  const voters = [...stakes].filter(([hotkey, stake]) => stake > 0n && reports.has(hotkey));
  const miners = [...new Set(input.candidates)].sort();

  const places = new Map<string, number>(miners.map((miner, place) => [miner, place] as const));
  const votes = new Int32Array(miners.length * voters.length).fill(NO_VOTE);
  for (const [voter, [validator]] of voters.entries()) {
    for (const [miner, score] of Object.entries(reports.get(validator) ?? {})) {
      const place = places.get(miner);
      if (place !== undefined) votes[place * voters.length + voter] = score;
    }
  }
  const stakesOfVoters = voters.map(([, stake]) => stake);
  const { medians, covered } = weightedMedians(votes, stakesOfVoters);

  const ranked = new Map<Hotkey, Micro>();
  const insufficientCoverage: Hotkey[] = [];
  const unreported: Hotkey[] = [];
  for (const [index, miner] of miners.entries()) {
    const median = medians[index] ?? NO_VOTE;
    if (median !== NO_VOTE && exceeds(covered[index] ?? 0n, quorum.total, HALF)) {
      ranked.set(miner, toMicro(median));
      continue;
    }
    insufficientCoverage.push(miner);
    if (median === NO_VOTE) unreported.push(miner);
  }
  return { quorum, medians: ranked, insufficientCoverage, unreported };
}
