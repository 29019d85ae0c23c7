import { divideHalfEven, type Hotkey, type Micro, toMicro } from "@neurond/primitives";
import type { AnyWorkload, JudgedTask } from "@neurond/workload";
import { type MinerBook, settleBatch, statisticsOf } from "../book/miner-book.ts";
import type { Answer, Batch } from "../rewards/answer.ts";
import { ONE } from "../rewards/fixed.ts";
import { namedTier } from "../tiers/evaluate.ts";
import { TIER_RULES } from "../tiers/rules.ts";
import { STANDING, type Standing, standingOf } from "./standing.ts";
import { bookRulesOf } from "./standing-rules.ts";

const WHOLE = 1_000_000n;
/** A success is multiplied by its speed, from one to this. */
const FASTEST = 2n;
const MICROSECONDS = 1_000;

/** The book after the tasks of the run that a standing was logged for. */
export function settleTasks(standing: Standing, tasks: readonly JudgedTask[]): MinerBook {
  const rules = bookRulesOf(standing.rules);
  return batchesOf(standing, tasks).reduce(
    (book, batch) => settleBatch(book, batch, rules),
    standing.book,
  );
}

/**
 * The tasks of a run as batches: the first task of every miner, then the second, and so on, each
 * with the tiers of the standing. What is owed, or failed on the validator's side, is in none.
 */
export function batchesOf(
  { rules, book }: Standing,
  tasks: readonly JudgedTask[],
): readonly Batch[] {
  const rule = TIER_RULES[rules.tier_rule];
  const places = new Map<Hotkey, number>();
  const batches: Map<Hotkey, Answer>[] = [];
  for (const { miner, outcome, elapsedMs } of tasks) {
    const place = places.get(miner) ?? 0;
    places.set(miner, place + 1);
    if (outcome.kind === "contained" || outcome.kind === "unknown") continue;
    batches[place] ??= new Map();
    const isSuccess = outcome.kind === "passed";
    const elapsed = Math.max(0, elapsedMs ?? 0) * MICROSECONDS;
    const tier = namedTier(statisticsOf(book, miner), rule);
    batches[place].set(miner, {
      isSuccess,
      elapsed: Math.min(elapsed, rules.timeout_us),
      bytes: 0,
      tier,
    });
  }
  return batches
    .filter((answers) => answers !== undefined)
    .map((answers) => ({ task: "challenge", timeout: rules.timeout_us, answers }));
}

/**
 * The moving averages of a book as scores of a report: a million is what the fastest miner of the
 * highest tier tends to. Below zero is zero; `v2` lifts all others by the lowest. Half to even.
 */
export function scoresOfBook({ rules }: Standing, book: MinerBook): ReadonlyMap<Hotkey, Micro> {
  const factors = TIER_RULES[rules.tier_rule].table.map(({ factorMicro }) => factorMicro);
  const top = BigInt(Math.max(...factors)) * FASTEST;
  const lowest = Math.min(0, ...book.scores.values());
  const lift = rules.weights_rule === "v2" ? -lowest : 0;
  return new Map(
    [...book.scores].map(([hotkey, score]) => {
      const lifted = score < 0 ? 0n : BigInt(score) + BigInt(lift);
      const micro = divideHalfEven(lifted * WHOLE * WHOLE, BigInt(ONE) * top);
      return [hotkey, toMicro(Number(micro > WHOLE ? WHOLE : micro))];
    }),
  );
}

/** A workload whose scores follow from the standing logged for a run, where its mode says so. */
export function withStanding(workload: AnyWorkload): AnyWorkload {
  return {
    ...workload,
    settlement(documents) {
      const standing = standingOf(documents);
      if (standing === null || standing.rules.mode === "share") return null;
      return {
        documents: documents.filter(({ type }) => type === STANDING).slice(0, 1),
        scores: (tasks) => scoresOfBook(standing, settleTasks(standing, tasks)),
      };
    },
  };
}
