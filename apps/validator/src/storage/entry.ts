import { familyOf } from "@neurond/ledger";
import { defineWorkload } from "@neurond/workload";
import type { Prober } from "@neurond/workload/io";
import {
  catalogOf,
  planOf,
  type StorageEvidence,
  StorageTask,
  storagePlanOf,
  storageWorkload,
} from "@neurond/workload-storage";
import type { WorkloadEntry } from "../workload-entry.ts";
import { type PlanDeps, planStorageRun } from "./plan-run.ts";

/** Storage as a validator runs it: inventories before the beacon, challenges after it. */
export function storageEntry(
  deps: Omit<PlanDeps, "workload">,
  prober: Prober<StorageTask, StorageEvidence>,
): WorkloadEntry {
  const rules = defineWorkload(storageWorkload({ catalog: NOBODY }));
  return {
    workload: rules,
    family: familyOf(rules.name),
    plan: (run) => planStorageRun({ ...deps, workload: rules.name }, run),
    sample(run) {
      const plan = planOf(run.documents);
      if (plan === null) return [];
      const catalog = catalogOf(run.documents, run.beacon);
      const storage = storageWorkload({ catalog, plan: storagePlanOf(plan) });
      return defineWorkload(storage).sample(run);
    },
    prober: (miner, task, signal) => prober(miner, StorageTask.parse(task), signal),
  };
}

/** Judging needs no catalog; whoever samples brings the one of the run. */
const NOBODY = {
  beaconOf: () => {
    throw new TypeError("tasks are drawn from a run's documents");
  },
  holdingOf: () => null,
};
