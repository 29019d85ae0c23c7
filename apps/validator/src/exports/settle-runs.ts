import { createHash } from "node:crypto";
import type { StatedRun } from "@neurond/exports";
import { readReportShape } from "@neurond/ledger";
import {
  type BlockNumber,
  type Hotkey,
  type Micro,
  parseHotkey,
  toMicro,
} from "@neurond/primitives";
import type { LogSlices, Services } from "@neurond/store";
import { timesOf } from "../run-plan.ts";
import { documentsOf } from "../run-record.ts";
import type { Validator } from "../validator.ts";
import { serviceChanges } from "./services.ts";
import type { Slice } from "./slices.ts";

const BATCH = 50;

/** What taking runs in needs. */
export interface SettleDeps {
  readonly validator: Pick<Validator, "identity" | "stores" | "rules" | "workloads">;
  readonly services: Services;
  readonly log: LogSlices;
}

/**
 * Takes in, in order, every run that was settled before the slice ended and whose scores nobody can copy any
 * more. Doing it again changes nothing, so a slice that is built a second time says the same.
 */
export async function settleRuns(
  deps: SettleDeps,
  slice: Slice,
  finalized: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { validator, services } = deps;
  const { plan } = validator.rules;
  for (;;) {
    const last = (await services.lastRun()) ?? -1;
    // The last run may have been taken in for some of its families only.
    const indexes = await validator.stores.journal.having("frozen", last - 1, BATCH);
    for (const index of indexes) {
      signal.throwIfAborted();
      if (finalized < timesOf(index, plan).commitEnd) return;
      if (!(await settleRun(deps, index, slice))) return;
    }
    if (indexes.length < BATCH) return;
  }
}

/** False when the run was settled after the slice. */
async function settleRun(
  { validator, services, log }: SettleDeps,
  index: number,
  slice: Slice,
): Promise<boolean> {
  const { stores, rules, workloads, identity } = validator;
  const facts = await stores.journal.read(index, ["frozen", "planned"]);
  const { frozen } = facts;
  for (const { workload, family } of workloads) {
    const text = frozen?.reports[family];
    const shape = readReportShape(text ?? "");
    if (text === undefined || !shape.ok) continue;
    const { run_id, timestamp, scores } = shape.report;
    const endedUs = Date.parse(timestamp) * 1_000;
    if (endedUs >= slice.endUs) return false;
    const before = await services.lastOf(family);
    if (before !== null && before.index >= index) continue;
    const span = await log.spanOf(run_id);
    const startedUs = Math.min(endedUs - 1, (span?.beginMs ?? endedUs / 1_000) * 1_000);
    const documents = workload.settlement?.(documentsOf(facts))?.documents;
    const stated: StatedRun = {
      run_id,
      family_id: family,
      workload: workload.name,
      min_tasks: rules.minTasks,
      log_from: span?.from ?? 0,
      log_to: span?.to ?? 0,
      report_sha256: createHash("sha256").update(text).digest("hex"),
      scores: { ...scores },
      ...(documents && { documents: [...documents] }),
    };
    const run = {
      index,
      family,
      startedUs,
      endedUs,
      settledUs: Math.max(endedUs, slice.startUs),
      text: JSON.stringify(stated),
    };
    const byMiner = new Map<Hotkey, Micro>(
      Object.entries(scores).map(([hotkey, score]) => [parseHotkey(hotkey), toMicro(score)]),
    );
    const result = { run, workload: workload.name, scores: byMiner, before: before?.index ?? null };
    const live = await services.live();
    await services.take(
      run,
      serviceChanges(result, live, identity.hotkey, before?.endedUs ?? null),
    );
  }
  return true;
}
