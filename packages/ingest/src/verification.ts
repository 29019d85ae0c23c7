import type { Micros } from "@neurond/exports";

/** What the chain says of a report's digest. Only the first is a yes. */
export const CHAIN_STATUSES = [
  "VERIFIED",
  /** The reporter committed to another digest in that block. */
  "MISMATCH",
  /** It committed to nothing there, nor nearby. */
  "MISSING",
  /** Nobody we ask keeps block or state any more. */
  "UNVERIFIABLE",
  /** Nobody we ask answered. */
  "RPC_ERROR",
] as const;
export type ChainStatus = (typeof CHAIN_STATUSES)[number];

/** By what a status was found out. */
export type VerifyMethod =
  /** A block that was final when we followed the chain. */
  | "followed"
  /** The signed call in the block's body, confirmed by its event. */
  | "body_event"
  /** The signed call in the body; the events of that block are gone. */
  | "body"
  /** `CommitmentOf` at the block. */
  | "storage"
  | "none";

/** The chain's word on one entry. */
export interface Verification {
  readonly status: ChainStatus;
  readonly method: VerifyMethod;
  /** The digest that was found committed, 64 lower-case digits; null when none was. */
  readonly committed: string | null;
  /** Where it was found: another block than the listing says after a reorganisation. */
  readonly foundBlock: number | null;
  /** Time of that block where it is known. */
  readonly blockTime: Micros | null;
  readonly checkedMs: number;
}

/** Which source of truth is asked first; the other is asked when the first cannot tell. */
export type FirstMethod = "body" | "storage";

/** What may be loaded: what is verified, or also what nobody can verify any more (and never counts as verified). */
export type VerifyPolicy = "strict" | "accept_unverifiable";
