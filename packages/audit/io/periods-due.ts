import type { NamedPeriod, RunTimes, ValidatorFacts } from "@neurond/audit";
import { decodeEntry } from "@neurond/ledger";
import { DOCUMENT, PlanBody } from "@neurond/workload-storage";
import { RevealRecord, revealDue } from "@neurond/workload-storage/sweep";

/** What decides which periods of a validator are looked at with a run. */
export interface DueFacts {
  readonly run: RunTimes;
  /** The last final block. */
  readonly finalized: number;
  /** Periods that proofs of wrong tags are about. */
  readonly suspect: readonly number[];
  /** Names of periods that were judged with their secret. */
  readonly judged: ReadonlySet<string>;
}

/** A period's name, with its length. */
export const nameOfPeriod = ({ period, blocks }: NamedPeriod): string => `${period}/${blocks}`;

/**
 * The periods a run reveals, what is overdue by its plan, and what proofs are about. With the run in
 * which a secret falls due its period is looked at once more, unless it was judged: a plan may say that
 * a secret is out which is not in the log, and a log may not have been served before.
 */
export function periodsDue(
  { hotkey, log }: Pick<ValidatorFacts, "hotkey" | "log">,
  { run, finalized, suspect, judged }: DueFacts,
): readonly NamedPeriod[] {
  const due: NamedPeriod[] = [];
  for (const text of log.segment?.texts ?? []) {
    const entry = decodeEntry(text);
    if (entry?.kind !== "document" || entry.validator !== hotkey || entry.run_id !== run.id) {
      continue;
    }
    if (entry.type === DOCUMENT.reveal) {
      const { data } = RevealRecord.safeParse(entry.body);
      if (data !== undefined) due.push({ period: data.period, blocks: data.blocks });
    }
    if (entry.type !== DOCUMENT.plan) continue;
    const periods = PlanBody.safeParse(entry.body).data?.periods;
    if (periods === undefined) continue;
    const { revealed, first, blocks } = periods;
    for (const period of suspect) due.push({ period, blocks });
    const isOverdue = revealDue(revealed, blocks) <= Math.min(run.start, finalized);
    if (isOverdue) due.push({ period: revealed, blocks });
    const said = { period: Math.floor(run.start / blocks) - 2, blocks };
    // The first run that begins when the secret is due.
    const isNow = revealDue(said.period, blocks) > run.start - (run.close - run.start);
    const isSaid = first <= said.period && said.period < revealed;
    if (isNow && isSaid && !judged.has(nameOfPeriod(said))) due.push(said);
  }
  // One of each, however many say so.
  return [...new Map(due.map((each) => [nameOfPeriod(each), each])).values()];
}
