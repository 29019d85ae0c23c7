import type { ScoresCommitment } from "@neurond/ledger";
import type { BlockNumber, Hotkey, RunId } from "@neurond/primitives";

/** A commitment where it was found on chain: an account's slot shows only its last one. */
export interface Sighting {
  readonly validator: Hotkey;
  readonly block: BlockNumber;
  /** Place of the extrinsic in its block. */
  readonly extrinsicIndex: number;
  readonly commitment: ScoresCommitment;
}

/** The commitments of one run. */
export interface RunCommitments {
  /** The first of each validator; it is the one that counts. */
  readonly first: ReadonlyMap<Hotkey, Sighting>;
  /** Later ones that say something else, each with the first: evidence of a second thought. */
  readonly changed: readonly (readonly [first: Sighting, later: Sighting])[];
}

/** Sorts out what was seen of a run, in whatever order it was seen. */
export function commitmentsOf(sightings: Iterable<Sighting>, runId: RunId): RunCommitments {
  const first = new Map<Hotkey, Sighting>();
  const changed: [Sighting, Sighting][] = [];
  const ofRun = [...sightings].filter(({ commitment }) => commitment.runId === runId);
  for (const sighting of ofRun.sort(byPlace)) {
    const earlier = first.get(sighting.validator);
    if (earlier === undefined) first.set(sighting.validator, sighting);
    else if (!isSame(earlier.commitment, sighting.commitment)) changed.push([earlier, sighting]);
  }
  return { first, changed };
}

/** Whether two commitments say the same. */
export function isSame(a: ScoresCommitment, b: ScoresCommitment): boolean {
  return a.runId === b.runId && a.version === b.version && a.hash === b.hash;
}

function byPlace(a: Sighting, b: Sighting): number {
  return a.block - b.block || a.extrinsicIndex - b.extrinsicIndex;
}
