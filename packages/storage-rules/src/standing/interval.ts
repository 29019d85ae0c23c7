import type { Hotkey } from "@neurond/primitives";
import type { JudgedTask, Outcome } from "@neurond/workload";
import type { Interval } from "./next-standing.ts";
import { TASK, TaskRecord } from "./task-record.ts";

/** An entry of a validator's log, as far as standings look at it. */
export type LoggedEntry =
  | {
      readonly kind: "observation";
      readonly run_id: string;
      readonly workload: string;
      readonly miner: Hotkey;
      readonly slot: number;
      readonly outcome: Outcome;
      readonly sent_ms: number;
      readonly received_ms: number | null;
    }
  | { readonly kind: "document"; readonly type: string; readonly body: unknown };

/**
 * What the entries between two standings come to: the tasks of the first one's run, of each only the
 * latest outcome, and what jobs asked. Records that do not parse count for nothing.
 */
export function intervalOf(
  entries: Iterable<LoggedEntry | null>,
  { runId, workload }: { readonly runId: string; readonly workload: string },
): Interval {
  const tasks = new Map<string, JudgedTask>();
  const records: TaskRecord[] = [];
  for (const entry of entries) {
    if (entry?.kind === "document") {
      const parsed = entry.type === TASK ? TaskRecord.safeParse(entry.body) : null;
      if (parsed?.success) records.push(parsed.data);
    } else if (entry?.run_id === runId && entry.workload === workload) {
      const { miner, slot, outcome, sent_ms, received_ms } = entry;
      const elapsedMs = received_ms === null ? null : received_ms - sent_ms;
      tasks.set(`${miner} ${slot}`, { miner, slot, outcome, elapsedMs });
    }
  }
  return { tasks: [...tasks.values()], records };
}
