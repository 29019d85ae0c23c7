import type { Hotkey, Micro } from "@neurond/primitives";
import type { Outcome } from "./outcome.ts";

/** What was logged of a run before its beacon, as far as scores may follow from it. */
export interface RunDocument {
  /** Name and version, such as `storage-plan/1`. */
  readonly type: string;
  readonly miner: Hotkey | null;
  readonly body: unknown;
}

/** A task of a run as it was judged last. */
export interface JudgedTask {
  readonly miner: Hotkey;
  readonly slot: number;
  readonly outcome: Outcome;
  /** Milliseconds until the answer was there, by the validator's clock: its word. Null when none came. */
  readonly elapsedMs: number | null;
}

/** Scores that follow from a run as a whole: who was faster, and what was known before. */
export interface Settlement {
  /** The documents they follow from; whoever has these and the tasks comes to the same. */
  readonly documents: readonly RunDocument[];
  /** Scores by hotkey; pure and total. A miner's tasks come in the order in which they were first put. */
  scores(tasks: readonly JudgedTask[]): ReadonlyMap<Hotkey, Micro>;
}
