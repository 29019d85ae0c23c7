import { type Document, familyOf } from "@neurond/ledger";
import { defineWorkload, type Workload } from "@neurond/workload";
import type { Prober } from "@neurond/workload/io";
import type { WorkloadEntry } from "./workload-entry.ts";

/**
 * A workload that keeps nothing between runs: its tasks follow from the run alone. The plan names
 * every miner, so that nobody can be left out once the tasks are known.
 */
export function everyMiner<Task, Evidence>(
  typed: Workload<Task, Evidence>,
  prober: Prober<Task, Evidence>,
): WorkloadEntry {
  const workload = defineWorkload(typed);
  return {
    workload,
    family: familyOf(workload.name),
    plan: async ({ netuid, validator, times, miners }) =>
      miners.map((miner): Document => {
        const about = { netuid, validator, run_id: times.id, type: workload.name };
        return { kind: "document", v: 1, ...about, miner, body: null };
      }),
    sample: (run) => workload.sample(run),
    prober: async (miner, task, signal) => prober(miner, typed.task.parse(task), signal),
  };
}
