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
import { drawShards } from "@neurond/workload-storage/shard-slots";
import type { WorkloadEntry } from "../workload-entry.ts";
import { type PlanDeps, planStorageRun } from "./plan-run.ts";
import { shardTasks } from "./shard-tasks.ts";

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
    async sample(run) {
      const plan = planOf(run.documents);
      if (plan === null) return [];
      const catalog = catalogOf(run.documents, run.beacon);
      const storage = { catalog, plan: storagePlanOf(plan) };
      const { proofs, stores } = deps;
      const drawn = drawShards(run, catalog, storage.plan);
      const single = await shardTasks({ proofs, bodies: stores.bodies }, drawn, run.documents);
      return [...defineWorkload(storageWorkload(storage)).sample(run), ...single];
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
