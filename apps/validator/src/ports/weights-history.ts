import type { BlockNumber, Hex, Mecid, RunId, U16Weight } from "@neurond/primitives";

/** How weights reach the chain. */
export type WeightsMode = "plain" | "commit" | "timelock";

/** What became of an attempt: intended before it is sent, then what the chain said. */
export type WeightsState = "intended" | "included" | "confirmed" | "rejected" | "unconfirmed";

/** One attempt to set the weights that follow from a run. */
export interface WeightsAttempt {
  readonly runId: RunId;
  readonly mecid: Mecid;
  readonly attempt: number;
  readonly mode: WeightsMode;
  readonly vector: readonly U16Weight[];
  readonly state: WeightsState;
  readonly block: BlockNumber | null;
  /** What else is to be remembered: a refusal, or what the reveal of a hash commit needs. */
  readonly detail: string | null;
}

/** What is learnt about an attempt. */
export interface WeightsResult {
  readonly state: WeightsState;
  readonly block?: BlockNumber;
  readonly extrinsicHash?: Hex;
  readonly detail?: string;
}

/** Every attempt to set weights, so that a restart knows what may be out. */
export interface WeightsLog {
  /** Notes what is about to be sent; returns the number of the attempt. */
  intend(
    of: { readonly runId: RunId; readonly mecid: Mecid },
    mode: WeightsMode,
    vector: readonly U16Weight[],
  ): Promise<number>;
  settle(
    attempt: Pick<WeightsAttempt, "runId" | "mecid" | "attempt">,
    result: WeightsResult,
  ): Promise<void>;
  /** The latest attempt, of whatever run; null when there was none. */
  latest(mecid: Mecid): Promise<WeightsAttempt | null>;
}
