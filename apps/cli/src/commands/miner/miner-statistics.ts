import type { Observation } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import {
  bookAfter,
  intervalOf,
  type MinerStatistics,
  updateStatistics,
} from "@neurond/storage-rules";
import type { PublicRecord } from "./read-record.ts";

/**
 * What a validator's record comes to for each miner: its latest standing and what was logged since,
 * by the rules the standing states. Without a standing the challenges that were read are counted, and
 * nobody has a tier yet.
 */
export function statisticsIn({
  standing,
  entries,
}: Pick<PublicRecord, "standing" | "entries">): ReadonlyMap<Hotkey, MinerStatistics> {
  if (standing === null) return challengesIn(entries);
  const { runId, body } = standing;
  const ofRun = entries.find((entry) => entry.kind === "observation" && entry.run_id === runId);
  const workload = ofRun?.kind === "observation" ? ofRun.workload : "";
  return bookAfter(body, intervalOf(entries, { runId, workload })).statistics;
}

function challengesIn(entries: PublicRecord["entries"]): ReadonlyMap<Hotkey, MinerStatistics> {
  // Of a task that was put again only the latest outcome counts.
  const latest = new Map<string, Observation>();
  for (const entry of entries) {
    if (entry.kind !== "observation") continue;
    latest.set([entry.run_id, entry.miner, entry.slot].join(" "), entry);
  }
  const statistics = new Map<Hotkey, MinerStatistics>();
  for (const { miner, outcome } of latest.values()) {
    if (outcome.kind === "contained" || outcome.kind === "unknown") continue;
    const isSuccess = outcome.kind === "passed";
    statistics.set(miner, updateStatistics(statistics.get(miner), "challenge", isSuccess));
  }
  return statistics;
}
