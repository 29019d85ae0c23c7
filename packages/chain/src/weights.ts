import type { BlockNumber, Hex, Hotkey, Mecid, Netuid, Uid } from "@neurond/primitives";
import type { Submission } from "./submission.ts";

/** A (uid, u16) pair of a weights or bonds row. */
export interface Weight {
  readonly uid: Uid;
  readonly value: number;
}

/** Weights (or bonds) that one neuron gives, as stored. */
export interface WeightsRow {
  readonly uid: Uid;
  readonly weights: readonly Weight[];
}

/** A subnet mechanism. */
export interface MechanismId {
  readonly netuid: Netuid;
  readonly mecid?: Mecid;
}

/** Scores by hotkey; uids are found at submission, from state, never from an older snapshot. */
export interface WeightsByHotkey extends MechanismId {
  readonly scores: ReadonlyMap<Hotkey, bigint>;
  /**
   * Block of the metagraph the scores were made from: a uid registered later is a newcomer, and a
   * hotkey which lost its uid since is dropped.
   */
  readonly scoredAt?: BlockNumber;
  readonly versionKey?: bigint;
}

/** A row in wire form. */
export interface WeightsVector extends MechanismId {
  readonly weights: readonly Weight[];
  readonly versionKey?: bigint;
}

/** What v2 commit-reveal must remember until the reveal is final. */
export interface RevealableWeights extends WeightsVector {
  readonly salt: readonly number[];
}

/** Result of `submitWeights`: what was sent, and what to keep or wait for. */
export interface WeightsSubmission {
  readonly submission: Submission;
  /** The way the subnet's state asked for. */
  readonly path: "plain" | "hash" | "timelocked";
  /** Hotkeys that hold no uid (any more), or hold it since after the scoring, and were left out. */
  readonly dropped: readonly Hotkey[];
  /** Uids that changed hands in the blocks between sending and inclusion: submit again when you may. */
  readonly recycled: readonly Uid[];
  /** The row as submitted. */
  readonly weights: readonly Weight[];
  /** `hash` only: needed for the reveal. Store it before anything else. */
  readonly reveal: RevealableWeights | undefined;
  /** `hash`: first block in which it may be revealed; `timelocked`: block of the reveal epoch. */
  readonly revealBlock: BlockNumber | undefined;
  /** `timelocked` only. */
  readonly round: bigint | undefined;
}

/** Weight commits of a hotkey that wait for their reveal. */
export interface PendingCommit {
  readonly kind: "hash" | "timelocked";
  readonly block: BlockNumber;
  /** `hash`: the committed hash; `timelocked`: blake2-256 of the ciphertext. */
  readonly hash: Hex;
  /** Drand round, for `timelocked`. */
  readonly round: bigint | undefined;
  /** Epoch of the commit where the runtime counts epochs. */
  readonly epoch: bigint;
}
