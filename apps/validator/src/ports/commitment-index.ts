import type { BlockNumber, Hotkey, RunId } from "@neurond/primitives";

/** A commitment as it was found in a block. */
export interface SeenCommitment {
  readonly hotkey: Hotkey;
  readonly block: BlockNumber;
  readonly extrinsicIndex: number;
  readonly blockHash: string;
  /** The run whose scores it commits to; null when to none. */
  readonly runId: RunId | null;
  /** The texts of its fields. */
  readonly fields: readonly string[];
}

/** Who committed to what. The chain keeps only the last commitment of an account. */
export interface CommitmentIndex {
  /** The last block looked at; null before the first. */
  scannedTo(): Promise<BlockNumber | null>;
  /** Keeps what was found and how far the scan came, both or neither. */
  save(found: readonly SeenCommitment[], scannedTo: BlockNumber): Promise<void>;
  /** All of a run, in the order of the chain. */
  ofRun(runId: RunId): Promise<readonly SeenCommitment[]>;
}
