import { type Hotkey, type Micro, toMicro } from "@neurond/primitives";
import { type AnyWorkload, isSettled, type Outcome, type RunDocument } from "@neurond/workload";

/** An outcome and the task it belongs to; an observation is one. */
export interface Judged {
  readonly miner: Hotkey;
  readonly slot: number;
  readonly outcome: Outcome;
  /** When it was put and answered, ms; only scores that count time look at them. */
  readonly sent_ms?: number;
  readonly received_ms?: number | null;
}

/** The scores of one workload in one run, and how many settled tasks are behind each. */
export interface RunScores {
  readonly scores: ReadonlyMap<Hotkey, Micro>;
  readonly taskCounts: ReadonlyMap<Hotkey, number>;
}

/**
 * Scores what was judged, in the order of the log. A task judged again keeps only its latest outcome.
 * A miner with fewer settled tasks than `minTasks` is left out: that is no zero. `documents` are those
 * of the run that stood in the log before its beacon.
 */
export function scoreRun(
  workload: AnyWorkload,
  judged: Iterable<Judged>,
  minTasks = 1,
  documents: readonly RunDocument[] = [],
): RunScores {
  const byMiner = new Map<Hotkey, Map<number, Judged>>();
  for (const task of judged) {
    const slots = byMiner.get(task.miner) ?? new Map<number, Judged>();
    byMiner.set(task.miner, slots.set(task.slot, task));
  }
  const settlement = workload.settlement?.(documents) ?? null;
  const tasks = [...byMiner.values()].flatMap((slots) => [...slots.values()]);
  const settled = settlement?.scores(tasks.map(timed));
  const scores = new Map<Hotkey, Micro>();
  const taskCounts = new Map<Hotkey, number>();
  for (const [miner, slots] of [...byMiner].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const outcomes = [...slots.values()].map(({ outcome }) => outcome);
    const count = outcomes.filter(isSettled).length;
    if (count < minTasks) continue;
    const score = settled === undefined ? workload.score(outcomes) : (settled.get(miner) ?? 0);
    scores.set(miner, toMicro(score));
    taskCounts.set(miner, count);
  }
  return { scores, taskCounts };
}

function timed({ miner, slot, outcome, sent_ms, received_ms }: Judged) {
  const isTimed = sent_ms !== undefined && received_ms !== undefined && received_ms !== null;
  return { miner, slot, outcome, elapsedMs: isTimed ? received_ms - sent_ms : null };
}
