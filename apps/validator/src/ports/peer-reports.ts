import type { Hotkey, RunId } from "@neurond/primitives";

/** The text of a checked report and the hash of its scores. */
export interface KeptReport {
  readonly validator: Hotkey;
  readonly runId: RunId;
  readonly familyId: string;
  readonly scoresHash: string;
  readonly text: string;
}

/** The other report that stands when a validator said two things about one run. */
export type Keeping =
  | { readonly kind: "kept" | "known" }
  | { readonly kind: "conflict"; readonly other: KeptReport };

/** Checked reports of other validators. */
export interface PeerReports {
  /** Keeps the first report of each (validator, run, family). */
  keep(report: KeptReport): Promise<Keeping>;
  ofRun(runId: RunId, familyId: string): Promise<readonly KeptReport[]>;
}
