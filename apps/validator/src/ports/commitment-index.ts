import type { BlockNumber, RunId } from "@neurond/primitives";
import type { SeenCommitment } from "@neurond/store";

/** Who committed to what. The chain keeps only the last commitment of an account. */
export interface CommitmentIndex {
  /** The last block looked at; null before the first. */
  scannedTo(): Promise<BlockNumber | null>;
  /** Keeps what was found and how far the scan came, both or neither. */
  save(found: readonly SeenCommitment[], scannedTo: BlockNumber): Promise<void>;
  /** All of a run, in the order of the chain. */
  ofRun(runId: RunId): Promise<readonly SeenCommitment[]>;
}
