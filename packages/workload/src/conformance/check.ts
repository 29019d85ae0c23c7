import { CodedError, canonicalJson } from "@neurond/primitives";
import type { WorkloadCode } from "../errors.ts";
import type { Outcome, OutcomeKind } from "../outcome.ts";
import type { Run } from "../run.ts";
import type { AnyWorkload } from "../workload.ts";

/** One thing every workload must keep; `run` throws what it found broken. */
export interface Check {
  readonly name: string;
  run(): void;
}

/** A task, evidence for it, and what they must come to. */
export interface Exchange {
  readonly task: unknown;
  readonly evidence: unknown;
  readonly kind: OutcomeKind;
}

/** What the author of a workload brings along. */
export interface Samples {
  /** Runs with at least one task each. */
  readonly runs: readonly Run[];
  /** At least one that passes and one that fails. */
  readonly exchanges: readonly Exchange[];
}

/** Ends a check: one line that says what broke and on what. */
export function broken(message: string, context: Readonly<Record<string, unknown>> = {}): never {
  throw new CodedError<WorkloadCode>("CONFORMANCE_BROKEN", message, context);
}

/** Throws unless `holds`. */
export function must(holds: boolean, message: string, context?: Record<string, unknown>): void {
  if (!holds) broken(message, context);
}

/** One text for equal values. A value without canonical form cannot be recorded: that is broken too. */
export function textOf(value: unknown, what: string): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    return broken(`${what} has no canonical JSON`, { cause: String(cause) });
  }
}

/** The value as it comes back from the record. */
export function recorded(value: unknown, what: string): unknown {
  return JSON.parse(textOf(value, what));
}

/** The outcome; a throw breaks the workload. */
export function verifyOrBreak(workload: AnyWorkload, task: unknown, evidence: unknown): Outcome {
  try {
    return workload.verify(task, evidence);
  } catch (cause) {
    return broken("verify threw", { cause: String(cause) });
  }
}
