import type { Hotkey, RunId } from "@neurond/primitives";

/** Proof that a validator said two things about one run; `text` is the whole signed item as JSON. */
export interface EvidenceItem {
  readonly kind: "double_report" | "report_vs_commitment" | "double_commit";
  readonly validator: Hotkey;
  readonly runId: RunId;
  readonly familyId: string;
  readonly text: string;
}

/** Proofs against validators; one of each kind, validator, run and family is enough. */
export interface EvidenceStore {
  add(item: EvidenceItem): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly EvidenceItem[]>;
  /** Validators against whom there is evidence about a run. */
  accused(runId: RunId, familyId: string): Promise<ReadonlySet<Hotkey>>;
}
