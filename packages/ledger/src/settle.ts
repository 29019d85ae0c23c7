import { type Hotkey, type Micro, toMicro } from "@neurond/primitives";
import { type AnyWorkload, isSettled, type Outcome } from "@neurond/workload";

/** An outcome and the task it belongs to. */
export interface Judged {
  readonly miner: Hotkey;
  readonly slot: number;
  readonly outcome: Outcome;
}

/** The scores of one workload in one run, and how many settled tasks are behind each. */
export interface RunScores {
  readonly scores: ReadonlyMap<Hotkey, Micro>;
  readonly taskCounts: ReadonlyMap<Hotkey, number>;
}

/**
 * Scores what was judged, in the order of the log. A task judged again keeps only its latest outcome.
 * A miner with fewer settled tasks than `minTasks` is left out: that is no zero.
 */
export function scoreRun(workload: AnyWorkload, judged: Iterable<Judged>, minTasks = 1): RunScores {
  const byMiner = new Map<Hotkey, Map<number, Outcome>>();
  for (const { miner, slot, outcome } of judged) {
    const slots = byMiner.get(miner) ?? new Map<number, Outcome>();
    byMiner.set(miner, slots.set(slot, outcome));
  }
  const scores = new Map<Hotkey, Micro>();
  const taskCounts = new Map<Hotkey, number>();
  for (const [miner, slots] of [...byMiner].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const outcomes = [...slots.values()];
    const settled = outcomes.filter(isSettled).length;
    if (settled < minTasks) continue;
    scores.set(miner, toMicro(workload.score(outcomes)));
    taskCounts.set(miner, settled);
  }
  return { scores, taskCounts };
}
