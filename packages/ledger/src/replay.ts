import { canonicalJson, type Hotkey, type RunId } from "@neurond/primitives";
import { type AnyWorkload, isProvable, isSettled, type Outcome, unknown } from "@neurond/workload";
import { attachBodies } from "./bodies.ts";
import { type FamilyId, familyOf } from "./family.ts";
import type { Document, Observation } from "./observation.ts";
import type { ScoreMap } from "./scores-hash.ts";
import { type Judged, type RunScores, scoreRun } from "./settle.ts";

/** Where what was recorded is not what comes out again. */
export type DifferenceKind =
  /** The evidence comes to something else. */
  | "outcome"
  /** A provable outcome without the evidence to prove it. */
  | "evidence_missing"
  /** A body that the evidence names by hash is gone or altered; the outcome is taken as recorded. */
  | "body_missing"
  /** Nobody here knows the workload; its outcomes are taken as recorded. */
  | "workload_unknown"
  /** A task that was over was judged again. */
  | "judged_twice"
  | "score"
  | "task_count";

/** One difference; `recorded` and `recomputed` are null where there is nothing. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly where: {
    readonly workload: string;
    readonly miner: Hotkey;
    readonly slot?: number;
    /** Place among the observations given. */
    readonly at?: number;
  };
  readonly recorded: Outcome | number | null;
  readonly recomputed: Outcome | number | null;
}

/** What an auditor needs besides the observations of one validator and one run. */
export interface ReplayInput {
  readonly runId: RunId;
  /** In the order of the log; those of other runs are passed over. */
  readonly observations: readonly Observation[];
  /** What was logged before the run's beacon; those of other runs are passed over. */
  readonly documents?: readonly Document[];
  readonly workloads: readonly AnyWorkload[];
  /** Long byte strings by hash. */
  readonly bodyOf?: (hash: string) => Uint8Array | undefined;
  readonly minTasks?: number;
  /** What the validator reported, by family; compared when given. */
  readonly reported?: ReadonlyMap<FamilyId, ReportedScores>;
}

/** The part of a report that a replay gives again. */
export interface ReportedScores {
  readonly scores: ScoreMap;
  readonly task_counts?: Readonly<Record<string, number>>;
}

/** Everything that follows from the record. */
export interface Replay {
  /** One for each observation of the run, in their order. */
  readonly outcomes: readonly Outcome[];
  readonly scores: ReadonlyMap<FamilyId, RunScores>;
  readonly differences: readonly Difference[];
}

/** Judges the record of one run again and scores it again. */
export function replay(input: ReplayInput): Replay {
  const known = new Map(input.workloads.map((workload) => [workload.name, workload] as const));
  const differences: Difference[] = [];
  const outcomes: Outcome[] = [];
  const judged = new Map<string, Judged[]>(input.workloads.map(({ name }) => [name, []]));
  const settled = new Set<string>();

  for (const [at, observation] of input.observations.entries()) {
    if (observation.run_id !== input.runId) continue;
    const { workload, miner, slot } = observation;
    const where = { workload, miner, slot, at };
    const recorded = observation.outcome;
    const { outcome, kind } = judgeAgain(observation, known.get(workload), input.bodyOf);
    if (kind !== null) differences.push({ kind, where, recorded, recomputed: outcome });
    const task = `${workload} ${miner} ${slot}`;
    if (settled.has(task)) {
      differences.push({ kind: "judged_twice", where, recorded, recomputed: outcome });
    }
    if (isSettled(outcome)) settled.add(task);
    outcomes.push(outcome);
    judged.get(workload)?.push({ ...observation, outcome });
  }

  const documents = (input.documents ?? []).filter(({ run_id }) => run_id === input.runId);
  const scores = new Map<FamilyId, RunScores>();
  for (const workload of input.workloads) {
    const family = familyOf(workload.name);
    const seen = judged.get(workload.name) ?? [];
    const recomputed = scoreRun(workload, seen, input.minTasks, documents);
    scores.set(family, recomputed);
    const reported = input.reported?.get(family);
    if (reported) differences.push(...compareScores(workload.name, reported, recomputed));
  }
  return { outcomes, scores, differences };
}

/** Judges one observation again: the outcome that stands, and in what it differs from the record. */
function judgeAgain(
  { task, evidence, outcome: recorded }: Observation,
  workload: AnyWorkload | undefined,
  bodyOf: ReplayInput["bodyOf"] = () => undefined,
): { readonly outcome: Outcome; readonly kind: DifferenceKind | null } {
  if (workload === undefined) return { outcome: recorded, kind: "workload_unknown" };
  if (evidence === null) {
    // Nothing came back: that is the validator's word, which only other validators can doubt.
    if (!isProvable(recorded)) return { outcome: recorded, kind: null };
    return { outcome: unknown("EVIDENCE_MISSING"), kind: "evidence_missing" };
  }
  const asked = attachBodies(task, bodyOf);
  const answered = attachBodies(evidence, bodyOf);
  if (!asked.ok || !answered.ok) return { outcome: recorded, kind: "body_missing" };
  const outcome = workload.verify(asked.value, answered.value);
  const isSame = canonicalJson(outcome) === canonicalJson(recorded);
  return { outcome, kind: isSame ? null : "outcome" };
}

function compareScores(
  workload: string,
  reported: ReportedScores,
  recomputed: RunScores,
): readonly Difference[] {
  const compare = (
    kind: "score" | "task_count",
    said: Readonly<Record<string, number>>,
    due: ReadonlyMap<Hotkey, number>,
  ): readonly Difference[] => {
    const miners = [...new Set([...Object.keys(said), ...due.keys()])].sort() as Hotkey[];
    return miners
      .map((miner) => ({
        kind,
        where: { workload, miner },
        recorded: (Object.hasOwn(said, miner) ? said[miner] : undefined) ?? null,
        recomputed: due.get(miner) ?? null,
      }))
      .filter((difference) => difference.recorded !== difference.recomputed);
  };
  return [
    ...compare("score", reported.scores, recomputed.scores),
    ...(reported.task_counts
      ? compare("task_count", reported.task_counts, recomputed.taskCounts)
      : []),
  ];
}
