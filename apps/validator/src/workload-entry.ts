import type { Document, FamilyId } from "@neurond/ledger";
import type { BlockNumber, Hotkey, Netuid } from "@neurond/primitives";
import type { AnyWorkload, Assignment, Run } from "@neurond/workload";
import type { Prober } from "@neurond/workload/io";
import type { Beacon } from "@neurond/workload-storage";
import type { RunTimes } from "./run-plan.ts";

/** A run about to begin. */
export interface PlannedRun {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  readonly times: RunTimes;
  /** The head at which it is planned. */
  readonly block: BlockNumber;
  /** Whoever may be asked, in ascending order. */
  readonly miners: readonly Hotkey[];
}

/** A run whose beacon has fallen. */
export interface SeededRun extends Run {
  readonly beacon: Beacon;
  /** What the workload had logged before the beacon. */
  readonly documents: readonly Document[];
}

/** What a validator must have logged for its reports of a workload to count with others. */
export interface Condition {
  /** The type of the document that says it; of several the newest. */
  readonly type: string;
  /** Whether it holds at a block. */
  isMet(document: Document, block: number): boolean;
}

/** A workload as a validator runs it: what it fixes beforehand, what it draws, and how it asks. */
export interface WorkloadEntry {
  readonly workload: AnyWorkload;
  readonly family: FamilyId;
  /** What a miner must offer in its capacity document to be given tasks; nothing when absent. */
  readonly capability?: string;
  /** None when absent: every report counts. */
  readonly condition?: Condition;
  /** What must be in the log before the beacon, so that nobody can choose among tasks. */
  plan(run: PlannedRun, signal: AbortSignal): Promise<readonly Document[]>;
  /** The tasks of a run: what they are follows from its record alone. */
  sample(run: SeededRun): readonly Assignment<unknown>[] | Promise<readonly Assignment<unknown>[]>;
  readonly prober: Prober<unknown, unknown>;
}
