import { type Hotkey, parseHotkey } from "@neurond/primitives";
import { z } from "zod";
import { type MinerBook, settleBatch, settlePings, statisticsOf } from "../book/miner-book.ts";
import type { Answer } from "../rewards/answer.ts";
import { namedTier } from "../tiers/evaluate.ts";
import { TIER_RULES } from "../tiers/rules.ts";
import { bookRulesOf, type StandingRules } from "./standing-rules.ts";

/** Name of the document in which a job of a validator keeps what it asked miners beside the runs. */
export const TASK = "storage-task/1";

/** What a job asked, and what became of it; answers by ascending hotkey. */
export const TaskRecord = z.strictObject({
  task: z.enum(["store", "retrieve", "monitor"]),
  block: z.int().min(0),
  timeout_us: z
    .int()
    .min(1)
    .max(2 ** 40),
  answers: z
    .array(
      z.strictObject({
        miner: z.string().max(64),
        is_success: z.boolean(),
        elapsed_us: z
          .int()
          .min(0)
          .max(2 ** 40),
        bytes: z.int().min(0),
      }),
    )
    .max(65_536),
});
export type TaskRecord = z.infer<typeof TaskRecord>;

/** A book after what a job asked; `down` are the miners that pings declare down by it. */
export function settleRecord(
  book: MinerBook,
  record: TaskRecord,
  rules: StandingRules,
): { readonly book: MinerBook; readonly down: readonly Hotkey[] } {
  const by = bookRulesOf(rules);
  if (record.task === "monitor") {
    const pings = record.answers.map((a) => [parseHotkey(a.miner), a.is_success] as const);
    return settlePings(book, new Map(pings), by);
  }
  const batch = {
    task: record.task,
    timeout: record.timeout_us,
    answers: answersOf(book, record, rules),
  };
  return { book: settleBatch(book, batch, by), down: [] };
}

/** The answers of a record with the tiers that a book has of their miners. */
export function answersOf(
  book: MinerBook,
  { answers }: TaskRecord,
  rules: Pick<StandingRules, "tier_rule">,
): ReadonlyMap<Hotkey, Answer> {
  return new Map(
    answers.map(({ miner, is_success: isSuccess, elapsed_us: elapsed, bytes }) => {
      const hotkey = parseHotkey(miner);
      const tier = namedTier(statisticsOf(book, hotkey), TIER_RULES[rules.tier_rule]);
      return [hotkey, { isSuccess, elapsed, bytes, tier }];
    }),
  );
}
