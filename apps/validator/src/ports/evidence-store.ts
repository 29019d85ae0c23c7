import type { Hotkey, RunId } from "@neurond/primitives";

/** Proof that a validator said two things about one run: the whole signed item as JSON. */
export interface EvidenceRecord {
  readonly kind: string;
  readonly validator: Hotkey;
  readonly runId: RunId;
  readonly text: string;
}

/** Proofs against validators. */
export interface EvidenceStore {
  /** False when this very text is known. */
  save(evidence: EvidenceRecord): Promise<boolean>;
  /** In the order of arrival, after a serial; 0 begins. */
  after(
    serial: number,
    limit: number,
  ): Promise<readonly (EvidenceRecord & { readonly serial: number })[]>;
  ofRun(runId: RunId): Promise<readonly EvidenceRecord[]>;
}
