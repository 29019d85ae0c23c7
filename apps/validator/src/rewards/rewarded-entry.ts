import type { Document, Json } from "@neurond/ledger";
import {
  nextStanding,
  STANDING,
  type StandingRules,
  standingBody,
  withStanding,
} from "@neurond/storage-rules";
import type { Stores } from "../validator.ts";
import type { PlannedRun, WorkloadEntry } from "../workload-entry.ts";
import { readInterval, standingBefore } from "./standings.ts";

/** What planning a standing takes. */
export interface StandingDeps {
  readonly stores: Pick<Stores, "log" | "journal">;
  readonly rules: StandingRules;
}

/**
 * A workload whose runs begin with a standing: what is known of the miners, and by which rules the run
 * is settled, in the log before its beacon. Scores follow from it where its mode says so.
 */
export function rewardedEntry(entry: WorkloadEntry, deps: StandingDeps): WorkloadEntry {
  const { name } = entry.workload;
  return {
    ...entry,
    workload: withStanding(entry.workload),
    plan: async (run, signal) => [
      ...(await entry.plan(run, signal)),
      await planStanding(deps, name, run),
    ],
  };
}

async function planStanding(
  { stores, rules }: StandingDeps,
  workload: string,
  { netuid, validator, times, block, miners }: PlannedRun,
): Promise<Document> {
  const before = await standingBefore(stores.journal, times.index);
  const upTo = await stores.log.size();
  const interval =
    before === null
      ? { tasks: [], records: [] }
      : await readInterval(stores.log, before, { workload, upTo });
  const planned = { run: times.index, block, log: upTo, registered: miners, rules };
  const standing = nextStanding(before?.standing ?? null, interval, planned);
  const body = standingBody(standing) as Json;
  const about = { netuid, validator, run_id: times.id, type: STANDING };
  return { kind: "document", v: 1, ...about, miner: null, body };
}
