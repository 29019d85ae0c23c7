import type { Hotkey } from "@neurond/primitives";
import type { Batch } from "../rewards/answer.ts";
import { REWARD_RULES, rewardBatch, rewardDown } from "../rewards/reward-batch.ts";
import { ALPHA_MICRO, averageIn, retainRegistered, type Scores } from "../rewards/scores.ts";
import { type MinerStatistics, NEW_MINER, updateStatistics } from "../statistics/counters.ts";
import { countPing, MAX_FAILED_PINGS } from "../statistics/pings.ts";
import { evaluate } from "../tiers/evaluate.ts";
import type { TierRule } from "../tiers/rules.ts";

/** What a validator knows of its miners, by hotkey; every change makes a new one. */
export interface MinerBook {
  readonly scores: Scores;
  readonly statistics: ReadonlyMap<Hotkey, MinerStatistics>;
  /** Failed pings in a row; who has none is not in it. */
  readonly failedPings: ReadonlyMap<Hotkey, number>;
}

/** A book in which nothing is written yet. */
export const EMPTY_BOOK: MinerBook = {
  scores: new Map(),
  statistics: new Map(),
  failedPings: new Map(),
};

/** How a book is written on. */
export interface BookRules {
  readonly rewards: typeof REWARD_RULES;
  readonly alphaMicro: number;
  readonly maxFailedPings: number;
}

/** The documented defaults. */
export const BOOK_RULES: BookRules = {
  rewards: REWARD_RULES,
  alphaMicro: ALPHA_MICRO,
  maxFailedPings: MAX_FAILED_PINGS,
};

/** Counts the answers of a batch, and takes their rewards into the scores. */
export function settleBatch(book: MinerBook, batch: Batch, rules = BOOK_RULES): MinerBook {
  const statistics = new Map(book.statistics);
  for (const [hotkey, { isSuccess }] of batch.answers) {
    statistics.set(hotkey, updateStatistics(statistics.get(hotkey), batch.task, isSuccess));
  }
  const rewards = rewardBatch(batch, rules.rewards);
  return { ...book, statistics, scores: averageIn(book.scores, rewards, rules.alphaMicro) };
}

/** Counts pings; who is down now loses by it, and is to be repaired away. */
export function settlePings(
  book: MinerBook,
  answered: ReadonlyMap<Hotkey, boolean>,
  rules = BOOK_RULES,
): { readonly book: MinerBook; readonly down: readonly Hotkey[] } {
  const failedPings = new Map(book.failedPings);
  const down: Hotkey[] = [];
  for (const [hotkey, isAnswered] of answered) {
    const before = failedPings.get(hotkey) ?? 0;
    const { failures, isDown } = countPing(before, isAnswered, rules.maxFailedPings);
    if (failures === 0) failedPings.delete(hotkey);
    else failedPings.set(hotkey, failures);
    if (isDown) down.push(hotkey);
  }
  const scores = averageIn(book.scores, rewardDown(down, rules.rewards), rules.alphaMicro);
  return { book: { ...book, failedPings, scores }, down };
}

/** Puts every miner into its tier. */
export function settleTiers(book: MinerBook, rule: TierRule): MinerBook {
  const placed = [...book.statistics].map(
    ([hotkey, known]) => [hotkey, evaluate(known, rule)] as const,
  );
  return { ...book, statistics: new Map(placed) };
}

/** Forgets who is no longer registered: a hotkey that comes back begins as a new miner. */
export function settleMetagraph(book: MinerBook, registered: ReadonlySet<Hotkey>): MinerBook {
  const kept = <Value>(map: ReadonlyMap<Hotkey, Value>) =>
    new Map([...map].filter(([hotkey]) => registered.has(hotkey)));
  return {
    scores: retainRegistered(book.scores, registered),
    statistics: kept(book.statistics),
    failedPings: kept(book.failedPings),
  };
}

/** What is known of a miner; of one nobody asked yet, what every miner begins with. */
export function statisticsOf(book: MinerBook, hotkey: Hotkey): MinerStatistics {
  return book.statistics.get(hotkey) ?? NEW_MINER;
}
