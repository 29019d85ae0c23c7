import type { FamilyId } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";

/** A report that was checked, byte for byte as it came, and the hash of its scores. */
export interface PeerReport {
  readonly runId: RunId;
  readonly familyId: FamilyId;
  readonly validator: Hotkey;
  readonly hash: string;
  readonly text: string;
}

/** Checked reports of other validators, also those that contradict each other. */
export interface ReportStore {
  save(report: PeerReport): Promise<"first" | "known" | "contradiction">;
  of(runId: RunId, familyId: FamilyId): Promise<readonly PeerReport[]>;
}
