export { WORKLOAD_ERRORS, type WorkloadCode } from "./errors.ts";
export { field } from "./fields.ts";
export {
  CONTAINED,
  failed,
  isProvable,
  isSettled,
  OFFLINE,
  type Outcome,
  type OutcomeKind,
  passed,
  REASON,
  unknown,
} from "./outcome.ts";
export type { Assignment, Run } from "./run.ts";
export { meanMicro, meanScore, worth } from "./score.ts";
export type { JudgedTask, RunDocument, Settlement } from "./settlement.ts";
export {
  type AnyWorkload,
  defineWorkload,
  EVIDENCE_MALFORMED,
  TASK_MALFORMED,
  type Workload,
} from "./workload.ts";
