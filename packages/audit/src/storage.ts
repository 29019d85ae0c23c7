import { familyOf } from "@neurond/ledger";
import { withStanding } from "@neurond/storage-rules";
import { defineWorkload } from "@neurond/workload";
import { catalogOf, planOf, storagePlanOf, storageWorkload } from "@neurond/workload-storage";
import { drawShards, isTaskOf } from "@neurond/workload-storage/shard-slots";
import type { AuditedWorkload } from "./workload.ts";

/**
 * Storage as an auditor judges it: tasks from the logged plan and inventories, answers by their bytes,
 * scores by the logged standing where it says that they follow from it.
 */
export function auditedStorage(): AuditedWorkload {
  const workload = withStanding(defineWorkload(storageWorkload({ catalog: NOBODY })));
  return {
    workload,
    family: familyOf(workload.name),
    sample(run) {
      const plan = planOf(run.documents);
      if (plan === null) return [];
      const catalog = catalogOf(run.documents, run.beacon);
      return storageWorkload({ catalog, plan: storagePlanOf(plan) }).sample(run);
    },
    drawn(run) {
      const plan = planOf(run.documents);
      if (plan === null) return [];
      const catalog = catalogOf(run.documents, run.beacon);
      return drawShards(run, catalog, storagePlanOf(plan)).map((shard) => ({
        hotkey: shard.common.miner,
        slot: shard.common.slot,
        isTask: (task) => isTaskOf(shard, task),
      }));
    },
  };
}

/** Judging needs no catalog; a run's tasks are drawn with its own. */
const NOBODY = {
  beaconOf: () => {
    throw new TypeError("tasks are drawn from a run's documents");
  },
  holdingOf: () => null,
};
