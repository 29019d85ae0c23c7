import type { Hotkey } from "@neurond/primitives";
import type { JudgedTask } from "@neurond/workload";
import { EMPTY_BOOK, type MinerBook, settleMetagraph, settleTiers } from "../book/miner-book.ts";
import { TIER_RULES } from "../tiers/rules.ts";
import { settleTasks } from "./settle-standing.ts";
import type { Standing } from "./standing.ts";
import type { StandingRules } from "./standing-rules.ts";
import { settleRecord, type TaskRecord } from "./task-record.ts";

/** What the log holds between two standings. */
export interface Interval {
  /** Tasks of the run of the first, judged last, in the order in which they were first put. */
  readonly tasks: readonly JudgedTask[];
  /** What jobs asked meanwhile, in the order of the log. */
  readonly records: readonly TaskRecord[];
}

/** A run that is being planned, and what is known of the subnet. */
export interface PlannedStanding {
  readonly run: number;
  readonly block: number;
  /** Length of the log as far as it is taken in. */
  readonly log: number;
  readonly registered: readonly Hotkey[];
  readonly rules: StandingRules;
}

/**
 * The standing of the next run: the run before settled by its own rules, then what jobs asked, then
 * whoever left forgotten, then tiers where they are due. The same interval gives the same standing.
 */
export function nextStanding(
  before: Standing | null,
  interval: Interval,
  { run, block, log, registered, rules }: PlannedStanding,
): Standing {
  const book = settleMetagraph(bookAfter(before, interval), new Set(registered));
  const last = before?.tiers_block ?? block;
  const areDue = block - last >= rules.tier_blocks || before?.rules.tier_rule !== rules.tier_rule;
  return {
    run,
    before: before?.run ?? null,
    block,
    log,
    tiers_block: areDue ? block : last,
    rules,
    registered: [...registered].sort(),
    book: areDue ? settleTiers(book, TIER_RULES[rules.tier_rule]) : book,
  };
}

/** The book after an interval, before anybody is forgotten or placed. */
export function bookAfter(before: Standing | null, { tasks, records }: Interval): MinerBook {
  if (before === null) return EMPTY_BOOK;
  return records.reduce(
    (book, record) => settleRecord(book, record, before.rules).book,
    settleTasks(before, tasks),
  );
}
