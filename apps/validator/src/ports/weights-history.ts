import type { BlockNumber, Mecid, RunId } from "@neurond/primitives";

/** An attempt to set weights and what became of it. */
export interface WeightsAttempt {
  readonly runId: RunId;
  readonly mecid: Mecid;
  /** Head of the chain when it was made. */
  readonly at: BlockNumber;
  readonly result: "included" | "unconfirmed" | "rejected";
  /** Block of inclusion; null unless included. */
  readonly block: BlockNumber | null;
  readonly path: "plain" | "hash" | "timelocked";
  /** What a hash commit needs for its reveal, as JSON; null otherwise. */
  readonly reveal: string | null;
  readonly revealBlock: BlockNumber | null;
  /** The chain's name of the refusal; null unless rejected. */
  readonly refusal: string | null;
}

/** Weights that were sent. */
export interface WeightsHistory {
  append(attempt: WeightsAttempt): Promise<void>;
  /** Newest first. */
  latest(mecid: Mecid, limit: number): Promise<readonly WeightsAttempt[]>;
}
