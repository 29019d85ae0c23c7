import { CodedError, type Micro } from "@neurond/primitives";
import type { ZodType } from "zod";
import type { WorkloadCode } from "./errors.ts";
import { failed, type Outcome, unknown } from "./outcome.ts";
import type { Assignment, Run } from "./run.ts";
import type { RunDocument, Settlement } from "./settlement.ts";

/**
 * What a subnet pays for, as three pure functions. Tasks and evidence are recorded as canonical
 * JSON: integers, text, lists and plain objects; bytes as hexadecimal text or, when large, by hash.
 * Whatever `verify` wants to look up is in the task or the evidence: what is not recorded cannot
 * be judged again.
 */
export interface Workload<Task, Evidence> {
  /** Name and version, such as `storage/1`; other rules are another version. */
  readonly name: string;
  readonly task: ZodType<Task>;
  readonly evidence: ZodType<Evidence>;
  /** The run's tasks; the same run gives the same tasks. */
  sample(run: Run): readonly Assignment<Task>[];
  /** Judges evidence; pure, total, never throws. */
  verify(task: Task, evidence: Evidence): Outcome;
  /** The score of one hotkey in one run, whatever the order of its outcomes. */
  score(outcomes: readonly Outcome[]): Micro;
  /**
   * How the scores of a run follow from more than each miner's outcomes, by what was logged before its
   * beacon; null where that says nothing, and then `score` counts.
   */
  settlement?(documents: readonly RunDocument[]): Settlement | null;
}

/** A workload in a list of different ones: it takes what was recorded and parses it itself. */
export interface AnyWorkload {
  readonly name: string;
  sample(run: Run): readonly Assignment<unknown>[];
  /**
   * Malformed evidence is `failed`, for it is the miner's; a malformed task is `unknown`, for it is
   * the validator's. An auditor finds the latter in the record.
   */
  verify(task: unknown, evidence: unknown): Outcome;
  score(outcomes: readonly Outcome[]): Micro;
  settlement?(documents: readonly RunDocument[]): Settlement | null;
}

/** Reason of evidence that does not parse. */
export const EVIDENCE_MALFORMED = "EVIDENCE_MALFORMED";
/** Reason of a task that does not parse. */
export const TASK_MALFORMED = "TASK_MALFORMED";

const NAME = /^[a-z][a-z0-9-]*\/[1-9][0-9]*$/;

/** Closes a typed workload behind its schemas, so that a list of them needs no casts. */
export function defineWorkload<Task, Evidence>(workload: Workload<Task, Evidence>): AnyWorkload {
  const { name } = workload;
  if (!NAME.test(name)) {
    throw new CodedError<WorkloadCode>(
      "WORKLOAD_NAME_INVALID",
      `"${name}" does not name a workload: write name and version like storage/1`,
      { name },
    );
  }
  return {
    name,
    sample: (run) => workload.sample(run),
    verify(task, evidence) {
      const asked = workload.task.safeParse(task);
      if (!asked.success) return unknown(TASK_MALFORMED);
      const answered = workload.evidence.safeParse(evidence);
      if (!answered.success) return failed(EVIDENCE_MALFORMED);
      return workload.verify(asked.data, answered.data);
    },
    score: (outcomes) => workload.score(outcomes),
    ...(workload.settlement && {
      settlement: (documents) => workload.settlement?.(documents) ?? null,
    }),
  };
}
