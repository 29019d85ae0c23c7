import type { Document, FamilyId } from "@neurond/ledger";
import type { AnyWorkload, Assignment, Run } from "@neurond/workload";
import type { Beacon } from "@neurond/workload-storage";

/** A run whose beacon is known, with what the validator had fixed before. */
export interface SeededRun extends Run {
  readonly beacon: Beacon;
  readonly documents: readonly Document[];
}

/** A workload as an auditor judges it again. */
export interface AuditedWorkload {
  readonly workload: AnyWorkload;
  readonly family: FamilyId;
  /** The tasks that follow from the record and the beacon; left out, tasks are taken as recorded. */
  sample?(run: SeededRun): readonly Assignment<unknown>[];
}
