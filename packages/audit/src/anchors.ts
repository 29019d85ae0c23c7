import { type CommitmentFact, commitmentsOf, type Sighting } from "@neurond/consensus";
import { parseLogCommitment, parseScoresCommitment, type ScoresCommitment } from "@neurond/ledger";
import { type Hotkey, type RunId, toBlockNumber } from "@neurond/primitives";
import type { RunTimes } from "./run-times.ts";

/** The commitments to a validator's log that frame a run. */
export interface Anchors {
  /** The last before the run; null when the log began with the run. */
  readonly base: CommitmentFact | null;
  /** The last between the run's first block and its beacon; null when the plan was not anchored. */
  readonly plan: CommitmentFact | null;
  /** The first after the run closed; null when there is none. */
  readonly close: CommitmentFact | null;
}

/** Picks the anchors of a run out of what a validator put on chain, in the order of the chain. */
export function anchorsOf(commitments: readonly CommitmentFact[], run: RunTimes): Anchors {
  const logs = commitments.filter(({ payload }) => parseLogCommitment(payload) !== null);
  const within = (from: number, to: number) =>
    logs.filter(({ block }) => block >= from && block < to);
  return {
    base: within(0, run.start).at(-1) ?? null,
    plan: within(run.start, run.beacon).at(-1) ?? null,
    close: within(run.close, Number.POSITIVE_INFINITY)[0] ?? null,
  };
}

/** What a validator committed to for a run. */
export interface ScoresOnChain {
  /** The first in time; only it counts. */
  readonly inTime: CommitmentFact | null;
  /** The first of all, when it came too late. */
  readonly late: CommitmentFact | null;
  /** The first one and a later one that says something else. */
  readonly changed: readonly [CommitmentFact, CommitmentFact] | null;
}

/** Sorts out the commitments to a run's scores. */
export function scoresOnChain(
  commitments: readonly CommitmentFact[],
  validator: Hotkey,
  run: RunTimes,
): ScoresOnChain {
  const bySighting = new Map<Sighting, CommitmentFact>();
  for (const fact of commitments) {
    const commitment = commitmentTo(fact, run.id);
    if (commitment === null) continue;
    const block = toBlockNumber(fact.block);
    const extrinsicIndex = fact.extrinsic_index;
    bySighting.set({ validator, block, extrinsicIndex, commitment }, fact);
  }
  const { first, changed } = commitmentsOf(bySighting.keys(), run.id);
  const sighting = first.get(validator);
  const earliest = (sighting && bySighting.get(sighting)) ?? null;
  const isInTime = earliest !== null && earliest.block < run.commitEnd;
  const [pair] = changed.map(([a, b]) => [bySighting.get(a), bySighting.get(b)] as const);
  const [a, b] = pair ?? [];
  return {
    inTime: isInTime ? earliest : null,
    late: isInTime ? null : earliest,
    changed: a === undefined || b === undefined ? null : [a, b],
  };
}

/** The commitment to a run's scores that a field is; null when it is something else. */
export function commitmentTo(fact: CommitmentFact, runId: RunId): ScoresCommitment | null {
  const commitment = parseScoresCommitment(fact.payload);
  return commitment?.runId === runId ? commitment : null;
}
