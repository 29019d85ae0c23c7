import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CsvReader,
  type InvocationRow as CsvRow,
  exportsOf,
  invocationReader,
  parseTimestamp,
  parseValidatorReport,
  reportReader,
  statedHistory,
  statedInstance,
} from "@neurond/exports";
import {
  BASE_BONUS_RULES,
  COMPUTE_UNIT_RULES,
  FEATURE_RULES,
  type HistoryRow,
  type InstanceRow,
  type InvocationRow,
  latestInstances,
  mergeInstances,
  newestHistory,
  paramsAt,
  type ReportRow,
  scoreBaseBonus,
  scoreComputeUnits,
  scoreFeatures,
  sharesOf,
  toNumber,
  usageOf,
  weekBefore,
} from "@neurond/incentive";
import { parseColdkey, parseHotkey, toUid } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { Dataset } from "../src/index.ts";
import { generated, scratch } from "./folder.ts";

interface Loaded {
  readonly invocations: InvocationRow[];
  readonly reports: ReportRow[];
  readonly instances: InstanceRow[];
  readonly history: HistoryRow[];
}

function load(folder: string): Loaded {
  const loaded: Loaded = { invocations: [], reports: [], instances: [], history: [] };
  const [validator = ""] = readdirSync(join(folder, "blobs/audit/validator"));
  const blocks = readdirSync(join(folder, "blobs/audit/validator", validator)).map((name) =>
    Number.parseInt(name, 10),
  );
  for (const block of blocks.toSorted((a, b) => a - b)) {
    const report = parseValidatorReport(
      readFileSync(join(folder, "blobs/audit/validator", validator, `${block}.json`), "utf8"),
    );
    const seenAt = block;
    for (const row of report.instance_audit)
      loaded.instances.push({ ...statedInstance(row), seenAt });
    for (const row of report.compute_history)
      loaded.history.push({ ...statedHistory(row), seenAt });
    for (const { table, path } of exportsOf(report))
      readTable(join(folder, "blobs", path), table, seenAt, loaded);
  }
  return loaded;
}

function readTable(path: string, table: string, seenAt: number, loaded: Loaded): void {
  const reader = new CsvReader();
  const cells = [...reader.push(readFileSync(path)), ...reader.end()];
  if (table === "invocations")
    loaded.invocations.push(
      ...cells.map(invocationReader(reader.header ?? [])).map((row) => callOf(row, seenAt)),
    );
  if (table === "reports") {
    loaded.reports.push(
      ...cells
        .map(reportReader(reader.header ?? []))
        .map((row) => ({ parentInvocationId: row.invocation_id, confirmedAt: row.confirmed_at })),
    );
  }
}

const callOf = (row: CsvRow, seenAt: number): InvocationRow => ({
  parentInvocationId: row.parent_invocation_id,
  invocationId: row.invocation_id,
  chuteId: row.chute_id,
  functionName: row.function_name,
  instanceId: row.instance_id,
  minerUid: row.miner_uid,
  minerHotkey: row.miner_hotkey,
  startedAt: row.started_at,
  completedAt: row.completed_at,
  errorMessage: row.error_message,
  computeMultiplier: row.compute_multiplier,
  bounty: row.bounty,
  metrics: row.metrics,
  seenAt,
});

const numbers = (shares: ReadonlyMap<string, bigint>) =>
  Object.fromEntries([...shares].map(([hotkey, share]) => [hotkey, toNumber(share)]));

function expectClose(actual: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [hotkey, value] of Object.entries(expected))
    expect(actual[hotkey]).toBeCloseTo(value, 9);
}

describe("the truth of a data set", () => {
  it.each(["2025-10-27T00:00:00Z", "2025-12-01T06:00:00Z"])(
    "is what the scoring rules make of its files, at %s",
    (endText) => {
      using folder = scratch();
      const { out } = generated(
        folder.path,
        "a",
        "--hours",
        "30",
        "--rate",
        "400",
        "--end",
        endText,
        "--fault",
        "confirmed-later-report,blacklisted-miner",
      );
      const { manifest, ...dataset } = new Dataset(out);
      const asOf = parseTimestamp(endText) ?? 0;
      const truth = JSON.parse(readFileSync(join(dataset.folder, "truth.json"), "utf8"));
      const { invocations, reports, instances, history } = load(out);
      const members = manifest.miners.map(({ hotkey, coldkey, uid }) => ({
        hotkey: parseHotkey(hotkey),
        coldkey: parseColdkey(coldkey),
        uid: toUid(uid),
      }));
      const gpuFeed: { chute_id: string; gpu_count: number }[] = JSON.parse(
        readFileSync(join(out, "feeds/gpu_count_history.json"), "utf8"),
      );
      const gpuCounts = new Map(gpuFeed.map(({ chute_id, gpu_count }) => [chute_id, gpu_count]));
      const usage = usageOf(invocations, reports, weekBefore(asOf));
      const features = scoreFeatures(
        { members, usage, instances: mergeInstances(instances), gpuCounts },
        asOf,
        {
          ...paramsAt(FEATURE_RULES, asOf),
          privateCredit: "platform_ended_or_live",
        },
      );
      const latest = latestInstances(instances);
      const baseBonus = scoreBaseBonus(
        { members, usage, instances: latest, gpuCounts },
        asOf,
        paramsAt(BASE_BONUS_RULES, asOf),
      );
      const blacklist = new Set([manifest.miners[0]?.hotkey ?? ""]);
      const units = scoreComputeUnits(
        { members, instances: latest, history: newestHistory(history), blacklist },
        asOf,
        paramsAt(COMPUTE_UNIT_RULES, asOf),
      );
      expectClose(numbers(sharesOf(features)), truth.scores.features);
      expectClose(numbers(sharesOf(units)), truth.scores.compute_units);
      expectClose(numbers(sharesOf(baseBonus)), truth.scores.base_bonus);
      for (const { member, raw } of features.miners) {
        const own = truth.features[member.hotkey];
        expect([raw.invocationCount, raw.bountyCount, raw.uniqueChuteCount]).toEqual([
          own.invocation_count,
          own.bounty_count,
          own.unique_chute_count,
        ]);
        expect(toNumber(raw.computeUnits) / own.compute_units).toBeCloseTo(1, 9);
      }
    },
  );
});
