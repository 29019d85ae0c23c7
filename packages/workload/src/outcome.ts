import type { Micro } from "@neurond/primitives";

/**
 * What one task came to. `passed` and `failed` are provable: whoever holds the record derives them
 * again. The others are asserted by the validator; an auditor can only compare how often.
 */
export type Outcome =
  /** The evidence holds. `grade` is for work that can be better or worse; without it the pass is full. */
  | { readonly kind: "passed"; readonly grade?: Micro }
  /** The evidence does not hold. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Nobody answered in time. */
  | { readonly kind: "offline" }
  /** Still owed an answer: the same task is put again before anything is held against the miner. */
  | { readonly kind: "contained" }
  /** Our own fault; never lowers a score. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The five kinds. */
export type OutcomeKind = Outcome["kind"];

/** Reasons are bounded, because they become metric labels and codes of findings. */
export const REASON = /^[A-Z][A-Z0-9_]{0,47}$/;

export const OFFLINE: Outcome = { kind: "offline" };
export const CONTAINED: Outcome = { kind: "contained" };

/** A pass, full or graded. */
export function passed(grade?: Micro): Outcome {
  return grade === undefined ? { kind: "passed" } : { kind: "passed", grade };
}

/** A provable failure; the reason is a code such as `SHARD_ROOT`. */
export function failed(reason: string): Outcome {
  return { kind: "failed", reason };
}

/** A fault of ours; the reason is a code such as `BEACON_MISSING`. */
export function unknown(reason: string): Outcome {
  return { kind: "unknown", reason };
}

/** Whether anyone who holds the record can derive the outcome again. */
export function isProvable(outcome: Outcome): boolean {
  return outcome.kind === "passed" || outcome.kind === "failed";
}

/** Whether the task is done with: neither owed an answer nor lost by a fault of ours. */
export function isSettled(outcome: Outcome): boolean {
  return outcome.kind !== "contained" && outcome.kind !== "unknown";
}
