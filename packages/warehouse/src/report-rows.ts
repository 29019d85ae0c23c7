import type { Engine } from "./engine.ts";
import type { HistoryRow, InstanceRow, Micros, MinerMetricRow } from "./rows.ts";

/** Adds the instances of a report, or the deployments of a miner's. */
export async function appendInstances(
  engine: Engine,
  seq: number,
  rows: Iterable<InstanceRow>,
): Promise<void> {
  await engine.append(
    "instances",
    mapped(
      lastOf(rows, (row) => `${row.instanceId} ${row.deploymentId}`),
      (row) => [
        seq,
        row.instanceId,
        row.deploymentId ?? null,
        row.validator ?? null,
        row.chuteId,
        row.version ?? null,
        row.minerUid ?? null,
        row.minerHotkey,
        row.region ?? null,
        time(row.createdAt),
        time(row.verifiedAt),
        time(row.activatedAt),
        time(row.deletedAt),
        row.deletionReason,
        row.billedTo,
        time(row.stopBillingAt),
        row.computeMultiplier,
        row.bounty,
        row.validTermination,
      ],
    ),
  );
}

/** Adds the compute history of a report. */
export async function appendHistory(
  engine: Engine,
  seq: number,
  rows: Iterable<HistoryRow>,
): Promise<void> {
  await engine.append(
    "history",
    mapped(
      lastOf(rows, (row) => `${row.instanceId} ${row.startedAt}`),
      (row) => [seq, row.instanceId, row.computeMultiplier, time(row.startedAt), time(row.endedAt)],
    ),
  );
}

/** Adds the counters of a miner's report. */
export async function appendMinerMetrics(
  engine: Engine,
  seq: number,
  rows: Iterable<MinerMetricRow>,
): Promise<void> {
  await engine.append(
    "miner_metrics",
    mapped(rows, (row) => [
      seq,
      row.chuteId,
      row.deploymentId,
      row.functionName,
      row.totalSeconds,
      BigInt(row.totalCount),
    ]),
  );
}

/** Of rows about the same thing the last: the order in a report is committed with it. */
function lastOf<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): Iterable<Row> {
  return new Map(Array.from(rows, (row) => [keyOf(row), row] as const)).values();
}

function* mapped<In, Out>(rows: Iterable<In>, change: (row: In) => Out): Generator<Out> {
  for (const row of rows) yield change(row);
}

function time(value: Micros | null): bigint | null {
  return value === null ? null : BigInt(value);
}
