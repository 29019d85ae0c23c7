import type { RunId } from "@neurond/primitives";
import type { EvidenceRecord, StoredEvidence } from "@neurond/store";

/** Proofs against validators. */
export interface EvidenceStore {
  /** False when this very text is known. */
  save(evidence: EvidenceRecord): Promise<boolean>;
  /** In the order of arrival, after a serial; 0 begins. */
  after(serial: number, limit: number): Promise<readonly StoredEvidence[]>;
  ofRun(runId: RunId): Promise<readonly EvidenceRecord[]>;
}
