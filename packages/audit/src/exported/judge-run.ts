import { runUuid, type StatedRun, type Statement } from "@neurond/exports";
import { familyOf, scoresHash } from "@neurond/ledger";
import { type Hotkey, toRunId } from "@neurond/primitives";
import type { AnyWorkload } from "@neurond/workload";
import { indexOfRun } from "../run-times.ts";
import { Recount, type RunRow } from "./recompute.ts";

/** A slice that is verified and at hand: the entries of the log behind its rows, and whose runs those are. */
export interface RunSlice {
  readonly log: Pick<Statement["log"], "from" | "to">;
  /** `image_id` of its rows, each once. */
  readonly images: ReadonlySet<string>;
}

/** What exported rows say of the scores that a validator states for a run. */
export type RunVerdict =
  /** Equal, integer for integer; `hash` is the scores hash that a commitment covers. */
  | { readonly kind: "agrees"; readonly hash: string; readonly rows: number }
  /** The first field that is not what the rows come to, as both have it. */
  | {
      readonly kind: "differs";
      readonly field: string;
      readonly stated: string;
      readonly recomputed: string;
      readonly rows: number;
    }
  /** No verified slice holds these entries of the log, from the first to before the last. */
  | { readonly kind: "not_whole"; readonly from: number; readonly to: number }
  /** Nothing can be said, and why. */
  | { readonly kind: "unjudged"; readonly reason: string };

/** By what rules a run is judged. */
export interface RunJudgement {
  readonly workloads: Iterable<AnyWorkload>;
  /** Settled tasks below which a miner has no score; null: as the run states it. */
  readonly minTasks: number | null;
}

const NONE = "none";

/**
 * Holds the scores that a run states against the rows of its slices. Null where slices are whole and nothing
 * is amiss with them: then the rows decide.
 */
export function judgeSlices(
  validator: Hotkey,
  { run_id, log_from, log_to }: StatedRun,
  slices: readonly RunSlice[],
): RunVerdict | null {
  let covered = log_from;
  for (const { log } of slices.toSorted((a, b) => a.log.from - b.log.from)) {
    if (log.from > covered) break;
    covered = Math.max(covered, log.to);
  }
  if (covered < log_to) return { kind: "not_whole", from: covered, to: log_to };
  const image = runUuid(validator, run_id);
  const stray = slices.find(
    ({ log, images }) => images.has(image) && (log.from >= log_to || log.to <= log_from),
  );
  if (stray === undefined) return null;
  // Outcomes that do not fit the scores must not be told of where nobody counts them.
  const stated = `${log_from} to ${log_to}`;
  const recomputed = `rows also among ${stray.log.from} to ${stray.log.to}`;
  return { kind: "differs", field: "log", stated, recomputed, rows: 0 };
}

/** Recomputes a run's scores from its rows, which come page by page in the order of the exports. */
export async function judgeRows(
  validator: Hotkey,
  run: StatedRun,
  pages: AsyncIterable<Iterable<RunRow>>,
  { workloads, minTasks }: RunJudgement,
): Promise<RunVerdict> {
  if (indexOfRun(run.run_id) === null)
    return { kind: "unjudged", reason: "no run of a subnet of ours is called so" };
  const recount = new Recount(validator, run, workloads);
  for await (const page of pages) recount.take(page);
  const { rows } = recount;
  const result = recount.result();
  if (result.kind === "workload_unknown")
    return { kind: "unjudged", reason: `the rules of ${run.workload} are not known here` };
  if (result.kind === "row_unreadable")
    return { kind: "unjudged", reason: `row ${result.invocationId} is not of our making` };
  const differs = (field: string, stated: string | number, recomputed: string | number) =>
    ({ kind: "differs", field, stated: `${stated}`, recomputed: `${recomputed}`, rows }) as const;
  const family = familyOf(run.workload);
  if (run.family_id !== family) return differs("family_id", run.family_id, family);
  if (minTasks !== null && run.min_tasks !== minTasks)
    return differs("min_tasks", run.min_tasks, minTasks);
  const scores = new Map<string, number>(result.scores);
  const stated = new Map(Object.entries(run.scores));
  for (const hotkey of [...new Set([...scores.keys(), ...stated.keys()])].sort()) {
    const [said, found] = [stated.get(hotkey), scores.get(hotkey)];
    if (said !== found) return differs(`scores.${hotkey}`, said ?? NONE, found ?? NONE);
  }
  const named = { run_id: toRunId(run.run_id), family_id: family, scores: run.scores };
  return { kind: "agrees", hash: scoresHash(named), rows };
}
