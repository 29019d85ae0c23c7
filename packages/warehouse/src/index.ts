export { archiveEntry, restoreEntry } from "./archive.ts";
export type { CsvFile } from "./csv-file.ts";
export { dropEndedBefore, dropEntry } from "./drop-entry.ts";
export { type LoadedEntry, loadedEntries } from "./entries.ts";
export { WAREHOUSE_ERRORS, type WarehouseCode } from "./errors.ts";
export { type FindOptions, findAttempts, type KnownAttempt } from "./find-attempts.ts";
export { gpuCounts, replaceGpuCounts } from "./gpu-counts.ts";
export { computeHistory } from "./history.ts";
export { auditedCounts, type CountOptions, type HourCount, reportedCounts } from "./hour-counts.ts";
export { type ImageRow, imageRows, imagesOf } from "./image-rows.ts";
export { type InstanceTraffic, instanceTraffic } from "./instance-traffic.ts";
export { type KnownInstance, latestInstances, mergedInstances } from "./instances.ts";
export { type KnownJob, latestJobs } from "./jobs.ts";
export { type EntryContent, type Loaded, loadEntry } from "./load-entry.ts";
export { type RecountedUsage, recountUsage } from "./recount.ts";
export {
  type EntryHeader,
  type GpuCountRow,
  type HistoryRow,
  HOUR_US,
  type InstanceRow,
  type Micros,
  type MinerMetricRow,
  type Seen,
} from "./rows.ts";
export { type Usage, usage } from "./usage.ts";
export { type Archive, openWarehouse, type Warehouse, type WarehouseOptions } from "./warehouse.ts";
export type { WindowOptions } from "./window.ts";
