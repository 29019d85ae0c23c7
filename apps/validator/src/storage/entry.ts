import { familyOf } from "@neurond/ledger";
import { CodedError } from "@neurond/primitives";
import { defineWorkload } from "@neurond/workload";
import type { Prober } from "@neurond/workload/io";
import {
  catalogOf,
  DOCUMENT,
  modeOf,
  planOf,
  type StorageEvidence,
  StorageTask,
  storagePlanOf,
  storageWorkload,
} from "@neurond/workload-storage";
import { nativeSha256 } from "@neurond/workload-storage/io";
import { drawShards } from "@neurond/workload-storage/shard-slots";
import { withheldPeriod } from "@neurond/workload-storage/sweep";
import type { ValidatorCode } from "../errors.ts";
import type { WorkloadEntry } from "../workload-entry.ts";
import { type PlanDeps, planStorageRun } from "./plan/plan-run.ts";
import { shardTasks } from "./plan/shard-tasks.ts";

/** Storage as a validator runs it: inventories before the beacon, challenges after it. */
export function storageEntry(
  deps: Omit<PlanDeps, "workload">,
  prober: Prober<StorageTask, StorageEvidence>,
): WorkloadEntry {
  const rules = defineWorkload(storageWorkload({ catalog: NOBODY, hash: nativeSha256 }));
  return {
    workload: rules,
    family: familyOf(rules.name),
    condition: {
      type: DOCUMENT.plan,
      isMet: (plan, block) => withheldPeriod([plan], block) === null,
    },
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
    async prober(miner, task, signal) {
      const asked = StorageTask.parse(task);
      await requireOwed(deps, asked);
      return prober(miner, asked, signal);
    },
  };
}

/**
 * A shard whose owner gave it up since the run was planned is nobody's fault.
 * @throws CodedError SHARD_UNKNOWN
 */
async function requireOwed(
  { catalog, identity }: Pick<PlanDeps, "catalog" | "identity">,
  asked: StorageTask,
): Promise<void> {
  const { mode, task } = modeOf(asked);
  if (mode !== "opening" && mode !== "token") return;
  const { shard_id } = task.receipt.receipt;
  if ((await catalog.find(shard_id, identity.hotkey)) !== null) return;
  const message = `shard ${shard_id} was deleted since run ${task.run} was planned`;
  throw new CodedError<ValidatorCode>("SHARD_UNKNOWN", message);
}

/** Judging needs no catalog; whoever samples brings the one of the run. */
const NOBODY = {
  beaconOf: () => {
    throw new TypeError("tasks are drawn from a run's documents");
  },
  holdingOf: () => null,
};
