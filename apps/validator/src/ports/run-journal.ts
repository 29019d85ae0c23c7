import type { LogEntry } from "@neurond/ledger";
import type { BlockNumber, Coldkey, Hotkey, Uid } from "@neurond/primitives";

/** A neuron as it stood when a run closed. Stakes are decimal rao, because JSON has no bigint. */
export interface SnapshotNeuron {
  readonly uid: Uid;
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
  readonly stakeRao: string;
  readonly validatorPermit: boolean;
  /** Where it serves; null when it never said, or where nobody should be sent. */
  readonly url: string | null;
}

/** What one family of a run was decided to be worth, and why. */
export interface FamilyDecision {
  readonly kind: "agreed" | "held";
  /** Why an incumbent was held; empty when agreed. */
  readonly misses: readonly string[];
  /** Relative shares of miners; none burns the family's weight. */
  readonly shares: readonly (readonly [Hotkey, number])[];
  /** Miners that too little stake reported. */
  readonly insufficientCoverage: readonly Hotkey[];
  /** Hash of the view: whose stake, and which reports. */
  readonly viewRoot: string;
  /** Decimal rao of those heard, and of all who could be. */
  readonly heardRao: string;
  readonly eligibleRao: string;
}

/** What a run came to. */
export interface Decision {
  readonly families: Readonly<Record<string, FamilyDecision>>;
  /** The vector as it must stand on chain, by hotkey at the run's close, u16. */
  readonly weights: readonly (readonly [Hotkey, number])[];
}

/**
 * What happened in a run. Each is written once and never changes: an intent is written before the
 * act, so that whoever restarts does the same thing again and not another one.
 */
export interface RunFacts {
  /** The documents to be logged before the beacon, and where the log ended when they were made. */
  readonly planned?: { readonly documents: readonly LogEntry[]; readonly from: number };
  /** All of them are in the log, which is `size` entries long. */
  readonly opened?: { readonly size: number };
  /** The texts of the one commitment made while this run opens. */
  readonly anchor?: { readonly fields: readonly string[]; readonly size: number };
  /** The block that holds it. */
  readonly anchored?: { readonly block: BlockNumber };
  /** Every task of the run has an observation, or the run closed first. */
  readonly probed?: { readonly tasks: number };
  /** Texts of the signed reports, by family. */
  readonly frozen?: { readonly reports: Readonly<Record<string, string>> };
  /** The subnet at the run's close. */
  readonly snapshot?: { readonly block: BlockNumber; readonly neurons: readonly SnapshotNeuron[] };
  /** Peers were asked at least once after the reveal. */
  readonly heard?: { readonly reports: number };
  /** Validators whose reports of a family do not count, because of what they logged. */
  readonly unmet?: Readonly<Record<string, readonly Hotkey[]>>;
  readonly agreed?: Decision;
}

export type FactKind = keyof RunFacts;
export type Fact<Kind extends FactKind> = NonNullable<RunFacts[Kind]>;

/** Where the facts of runs are kept, by the index of the run; durable when a call returns. */
export interface RunJournal {
  /** All facts of a run, or of these kinds only: some are long. */
  read(index: number, kinds?: readonly FactKind[]): Promise<RunFacts>;
  /** Writes a fact unless the run has one of its kind; answers with the one that stands. */
  write<Kind extends FactKind>(index: number, kind: Kind, fact: Fact<Kind>): Promise<Fact<Kind>>;
  /** Indexes of runs after one that have a fact of a kind, ascending, so many at most; -1 begins. */
  having(kind: FactKind, after: number, limit: number): Promise<readonly number[]>;
  /** The fact of a kind of the latest run that has one. */
  latest<Kind extends FactKind>(
    kind: Kind,
  ): Promise<{ readonly index: number; readonly fact: Fact<Kind> } | undefined>;
}
