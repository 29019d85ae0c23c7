import type { Document, FamilyId } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import type { AnyWorkload, Assignment, Run } from "@neurond/workload";
import type { Beacon } from "@neurond/workload-storage";

/** A run whose beacon is known, with what the validator had fixed before. */
export interface SeededRun extends Run {
  readonly beacon: Beacon;
  readonly documents: readonly Document[];
}

/** A slot whose task is known by what it must be, not word by word. */
export interface DrawnTask {
  readonly hotkey: Hotkey;
  readonly slot: number;
  /** Whether a recorded task is the one that follows from the record. */
  readonly isTask: (task: unknown) => boolean;
}

/** A workload as an auditor judges it again. */
export interface AuditedWorkload {
  readonly workload: AnyWorkload;
  readonly family: FamilyId;
  /** The tasks that follow from the record and the beacon; left out, tasks are taken as recorded. */
  sample?(run: SeededRun): readonly Assignment<unknown>[];
  /** Tasks of which the record and the beacon give all but what whoever put them had to add. */
  drawn?(run: SeededRun): readonly DrawnTask[];
}
