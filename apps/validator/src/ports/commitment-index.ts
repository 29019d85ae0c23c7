import type { BlockNumber, Hex, Hotkey, RunId } from "@neurond/primitives";

/** A commitment to the scores of a run, as it was found in a block. */
export interface IndexedCommitment {
  readonly validator: Hotkey;
  readonly runId: RunId;
  readonly version: 1 | 2;
  /** 64 hexadecimal digits. */
  readonly hash: string;
  readonly block: BlockNumber;
  readonly blockHash: Hex;
  readonly extrinsicIndex: number;
}

/** Who committed to what first. The chain keeps only the last commitment of an account. */
export interface CommitmentIndex {
  /** The last block looked at; undefined before the first. */
  scannedTo(): Promise<BlockNumber | undefined>;
  /** Keeps the first of each (validator, run) in the order given, and how far the scan came. */
  add(seen: readonly IndexedCommitment[], scannedTo: BlockNumber): Promise<void>;
  ofRun(runId: RunId): Promise<ReadonlyMap<Hotkey, IndexedCommitment>>;
}
