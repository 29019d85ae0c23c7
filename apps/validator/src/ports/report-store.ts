import type { FamilyId } from "@neurond/ledger";
import type { RunId } from "@neurond/primitives";
import type { Arrival, PeerReport } from "@neurond/store";

/** Checked reports of other validators, also those that contradict each other. */
export interface ReportStore {
  save(report: PeerReport): Promise<Arrival>;
  of(runId: RunId, familyId: FamilyId): Promise<readonly PeerReport[]>;
}
