import type { BlockNumber } from "@neurond/primitives";
import type { RunFacts } from "./ports/run-journal.ts";
import { type RunPlan, type RunTimes, timesAt, timesOf } from "./run-plan.ts";

/** Something due now. Doing it again after a crash does the same thing, because facts are written once. */
export type Step =
  /** Settle the scores of a closed run and sign them. */
  | { readonly kind: "freeze"; readonly run: RunTimes }
  /** Log what must be fixed before the beacon of a new run. */
  | { readonly kind: "open"; readonly run: RunTimes }
  /** Commit on chain to the frozen scores of the run before and to the log. */
  | { readonly kind: "anchor"; readonly run: RunTimes }
  /** Keep the subnet as it stood when a run closed. */
  | { readonly kind: "snapshot"; readonly run: RunTimes }
  /** Gather the reports that peers have revealed. */
  | { readonly kind: "gossip"; readonly run: RunTimes }
  /** Turn reports into weights. */
  | { readonly kind: "agree"; readonly run: RunTimes };

export type StepKind = Step["kind"];

/** The order within one pass: each may make the next one due. */
export const STEP_ORDER: readonly StepKind[] = [
  "freeze",
  "open",
  "anchor",
  "snapshot",
  "gossip",
  "agree",
];

/** What a decision is taken from: a head, how much of it is final, and the facts of a run. */
export interface Moment {
  readonly head: BlockNumber;
  readonly finalized: BlockNumber;
  readonly factsOf: (index: number) => RunFacts;
}

/**
 * Everything due at a moment. What is late is skipped, never made up for: a run that could not be
 * opened, committed or agreed upon in time is left as it is, and the next one begins clean.
 */
export function nextSteps(moment: Moment, plan: RunPlan): readonly Step[] {
  const current = timesAt(moment.head, plan);
  const previous = current.index > 0 ? timesOf(current.index - 1, plan) : null;
  return [
    ...(previous === null ? [] : closing(previous, moment)),
    ...opening(current, previous, moment),
    ...agreeing(moment, plan),
  ];
}

/** A run's scores are settled as soon as it is over, while they can still be committed to. */
function closing(run: RunTimes, { head, factsOf }: Moment): readonly Step[] {
  const { opened, frozen } = factsOf(run.index);
  const isDue = opened !== undefined && frozen === undefined && head < run.commitEnd;
  return isDue ? [{ kind: "freeze", run }] : [];
}

function opening(
  run: RunTimes,
  previous: RunTimes | null,
  { head, factsOf }: Moment,
): readonly Step[] {
  const { opened, anchor, anchored } = factsOf(run.index);
  const before = previous === null ? {} : factsOf(previous.index);
  const toFreeze = before.opened !== undefined && before.frozen === undefined;
  const steps: Step[] = [];
  // The one commitment of this stretch must hold the scores: they come first.
  if (toFreeze && previous !== null && head < previous.commitEnd) return steps;
  if (opened === undefined && head < run.beacon) steps.push({ kind: "open", run });
  if (anchored !== undefined) return steps;
  const mayOpen = opened !== undefined && head < run.beacon;
  const mayCommit = previous !== null && before.frozen !== undefined && head < previous.commitEnd;
  // Before the beacon an unopened run would anchor a log without its plan.
  const waits = opened === undefined && anchor === undefined && head < run.beacon;
  if (!waits && (mayOpen || mayCommit)) steps.push({ kind: "anchor", run });
  return steps;
}

/** Only the latest run that may be agreed upon counts: older weights would be replaced at once. */
function agreeing(moment: Moment, plan: RunPlan): readonly Step[] {
  const { head, finalized, factsOf } = moment;
  const steps: Step[] = [];
  for (let index = timesAt(head, plan).index - 1; index >= 0; index -= 1) {
    const run = timesOf(index, plan);
    const { snapshot, heard, agreed } = factsOf(index);
    if (snapshot === undefined && finalized >= run.close) steps.push({ kind: "snapshot", run });
    const isRevealed = finalized + 1 >= run.commitEnd && head >= run.commitEnd;
    const isOver = head >= run.revealEnd;
    const canHear = snapshot !== undefined && isRevealed && agreed === undefined;
    if (canHear && (!isOver || heard === undefined)) steps.push({ kind: "gossip", run });
    if (isOver && heard !== undefined && agreed === undefined) steps.push({ kind: "agree", run });
    if (isOver) break;
  }
  return steps;
}

/**
 * Whether the tasks of the current run may be put: its plan stands on chain in a block before the
 * beacon, the beacon is final, and the run is not over.
 */
export function probeDue(moment: Moment, plan: RunPlan): RunTimes | null {
  const run = timesAt(moment.head, plan);
  const { opened, anchored, probed } = moment.factsOf(run.index);
  if (opened === undefined || anchored === undefined || probed !== undefined) return null;
  if (anchored.block >= run.beacon || moment.finalized < run.beacon) return null;
  return run;
}
