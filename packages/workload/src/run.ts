import type { BlockNumber, Hotkey, Netuid, RunId } from "@neurond/primitives";

/** What a workload may know about a run before it asks anybody anything. */
export interface Run {
  readonly id: RunId;
  readonly index: number;
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  /** First block of the run. */
  readonly start: BlockNumber;
  /** 32 bytes nobody knew before the run's beacon; every draw derives from them. */
  readonly seed: Uint8Array;
  /** Whoever may be asked, in ascending order. */
  readonly miners: readonly Hotkey[];
}

/** One task for one miner. */
export interface Assignment<Task> {
  readonly hotkey: Hotkey;
  /** Counts the miner's tasks in this run; (run, workload, hotkey, slot) names a task. */
  readonly slot: number;
  readonly task: Task;
}
