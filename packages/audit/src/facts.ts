import type { CommitmentFact } from "@neurond/consensus";
import type { FamilyId, HeadText } from "@neurond/ledger";
import type { BlockNumber, Hex, Hotkey, Netuid, Uid } from "@neurond/primitives";
import type { Beacon } from "@neurond/workload-storage";
import type { Segment } from "./segment.ts";
import type { Tail } from "./tail.ts";

/** A neuron as it stood in the block in which a run closed. */
export interface SnapshotNeuron {
  readonly uid: Uid;
  readonly hotkey: Hotkey;
  readonly stakeRao: bigint;
  readonly validatorPermit: boolean;
}

/** The subnet at one block. */
export interface Snapshot {
  readonly block: BlockNumber;
  readonly blockHash: Hex;
  readonly neurons: readonly SnapshotNeuron[];
}

/** Who held a uid, and since which block. */
export interface Holder {
  readonly uid: Uid;
  readonly hotkey: Hotkey;
  readonly since: BlockNumber;
}

/** The weights a validator has on chain for a run. */
export type RowFact =
  | {
      readonly kind: "row";
      /** State is of the end of this block. */
      readonly block: BlockNumber;
      readonly blockHash: Hex;
      /** Block in which the validator last set or committed weights. */
      readonly setAt: BlockNumber;
      readonly weights: readonly { readonly uid: Uid; readonly value: number }[];
      readonly holders: readonly Holder[];
    }
  /** Nothing was set in the run's time. */
  | { readonly kind: "unset"; readonly block: BlockNumber; readonly setAt: BlockNumber }
  /** Nothing yet and the time is not over, or committed under a time lock that has not opened. */
  | { readonly kind: "pending"; readonly setAt: BlockNumber }
  /** The chain's answer could not be had; nothing follows. */
  | { readonly kind: "unread"; readonly reason: string };

/** A text somebody served as a validator's report. */
export interface OfferedReport {
  readonly familyId: FamilyId;
  /** Who served it: the validator itself, or a peer that keeps a copy. */
  readonly from: Hotkey;
  readonly text: string;
}

/** A validator's log, as far as it was served. Nothing here is believed before it hashes. */
export interface LogFacts {
  /** Entries from the last anchor before the run on; null when none were served. */
  readonly segment: Segment | null;
  /** Why there is no segment; empty when there is one. */
  readonly problem: string;
  /** Signed checkpoints that were served. */
  readonly checkpoints: readonly unknown[];
  /** Last entries of earlier heads under later ones: what shows that one log is not the other's beginning. */
  readonly tails: readonly {
    readonly older: HeadText;
    readonly newer: HeadText;
    readonly tail: Tail;
  }[];
}

/** Everything that was found about one validator. */
export interface ValidatorFacts {
  readonly hotkey: Hotkey;
  /** Fields of its commitments in the order of the chain, from before the run to after its close. */
  readonly commitments: readonly CommitmentFact[];
  readonly reports: readonly OfferedReport[];
  /** Who was asked for a report in vain, and why. */
  readonly silent: readonly { readonly from: Hotkey; readonly reason: string }[];
  readonly log: LogFacts;
  /** Long byte strings by their SHA-256; whoever served them. */
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  /** Bodies that were not asked for, because they were too many: nothing follows from their absence. */
  readonly unasked: ReadonlySet<string>;
  readonly row: RowFact;
}

/** How often a validator said of a miner that it did not answer. */
export interface AnswerCount {
  readonly validator: Hotkey;
  readonly miner: Hotkey;
  readonly offline: number;
  readonly answered: number;
}

/** All that the audit of one run depends on; the same facts give the same findings. */
export interface RunFacts {
  readonly netuid: Netuid;
  readonly runId: string;
  readonly nowMs: number;
  readonly snapshot: Snapshot;
  /** Null while it is not known; then tasks are taken as recorded. */
  readonly beacon: Beacon | null;
  readonly validators: readonly ValidatorFacts[];
  /** Signed evidence that validators publish. */
  readonly published: readonly unknown[];
  /** Counts of earlier runs. */
  readonly history: readonly AnswerCount[];
  /** What each validator had on chain for the run before, when that is known. */
  readonly previous: Incumbents | null;
}

/** What the run before came to: held when a run has no quorum, and what late weights are compared with. */
export interface Incumbents {
  /** Relative shares by family. */
  readonly shares: ReadonlyMap<FamilyId, ReadonlyMap<Hotkey, number>>;
  readonly weights: readonly (readonly [Hotkey, number])[];
}
