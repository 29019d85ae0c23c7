import { type CsvTable, statedHistory, statedInstance } from "@neurond/exports";
import type { TrackedEntry } from "@neurond/ingest";
import type { EntryContent, InstanceRow, MinerMetricRow } from "@neurond/warehouse";
import { exportsIn, type ReadReport } from "./read-report.ts";

/** An entry as the window takes it: its report's rows, and its files with their digests. */
export function entryContent(
  entry: TrackedEntry,
  read: ReadReport,
  fileOf: (table: CsvTable) => string,
  maxCsvBytes: number,
): EntryContent {
  const { entryId, reporter: kind, hotkey, block, startTime, endTime } = entry;
  const header = { entryId, kind, hotkey, block, startTime, endTime };
  const files = exportsIn(read).map(
    ({ table, sha256 }) => [table, { path: fileOf(table), sha256, maxBytes: maxCsvBytes }] as const,
  );
  return { entry: header, ...Object.fromEntries(files), ...rowsOf(read, entry) };
}

function rowsOf(
  read: ReadReport,
  { hotkey, source }: Pick<TrackedEntry, "hotkey" | "source">,
): Omit<EntryContent, "entry"> {
  if (read.reporter === "miner") {
    const { deployment_audit, prometheus_metrics } = read.report;
    // What was answered to another validator is in that one's export: counted here it would be too much.
    const foreign = new Set(
      deployment_audit.flatMap(({ deployment_id, validator }) =>
        validator === null || validator === source ? [] : [deployment_id],
      ),
    );
    return {
      instances: deployment_audit.map((row) => deploymentRow(row, hotkey)),
      minerMetrics: prometheus_metrics
        .filter((row) => !foreign.has(row.deployment_id))
        .flatMap(metricRow),
    };
  }
  const { instance_audit, compute_history } = read.report;
  return {
    instances: instance_audit.map(statedInstance),
    history: compute_history.map(statedHistory),
  };
}

type MinerRead = Extract<ReadReport, { reporter: "miner" }>["report"];

/** A miner's report does not name its hotkey in its rows; the entry does. */
function deploymentRow(
  row: MinerRead["deployment_audit"][number],
  minerHotkey: string,
): InstanceRow {
  return {
    instanceId: row.instance_id,
    deploymentId: row.deployment_id,
    validator: row.validator,
    chuteId: row.chute_id ?? "",
    version: row.version,
    minerHotkey,
    createdAt: row.created_at ?? row.verified_at ?? 0,
    verifiedAt: row.verified_at,
    activatedAt: row.activated_at,
    deletedAt: row.deleted_at,
    deletionReason: null,
    billedTo: null,
    stopBillingAt: null,
    computeMultiplier: row.compute_multiplier,
    bounty: false,
    validTermination: false,
  };
}

/** A count that is no count says nothing. */
function metricRow(row: MinerRead["prometheus_metrics"][number]): readonly MinerMetricRow[] {
  const totalCount = Math.trunc(row.total_count);
  if (!Number.isSafeInteger(totalCount) || totalCount < 0) return [];
  return [
    {
      chuteId: row.chute_id,
      deploymentId: row.deployment_id,
      functionName: row.function,
      totalSeconds: row.total_seconds,
      totalCount,
    },
  ];
}
