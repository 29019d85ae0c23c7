import { familyOf } from "@neurond/ledger";
import { defineWorkload, type Workload } from "@neurond/workload";
import type { AuditedWorkload } from "./workload.ts";

/** A workload whose tasks follow from the run alone, as an auditor judges it. */
export function auditedEveryMiner<Task, Evidence>(
  typed: Workload<Task, Evidence>,
): AuditedWorkload {
  const workload = defineWorkload(typed);
  return {
    workload,
    family: familyOf(workload.name),
    sample: (run) => workload.sample(run),
  };
}
