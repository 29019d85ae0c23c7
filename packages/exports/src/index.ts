export {
  commitmentFields,
  digestOf,
  parseRowsCommitment,
  type Registration,
  type ReportField,
  registrationOf,
  rowsCommitment,
} from "./commitment.ts";
export { type Cells, CSV_LIMITS, type CsvLimits, CsvReader } from "./csv/reader.ts";
export { csvBoolean, csvFloat, csvInteger, csvLine, csvTime, formatFloat } from "./csv/writer.ts";
export { DELETION_CODES, type DeletionCode, deletionCode, keepsCredit } from "./deletion.ts";
export { entryId, entryNamespace, uuidV5 } from "./entry-id.ts";
export { EXPORTS_ERRORS, type ExportsCode } from "./errors.ts";
export { type Literal, parseLiteral, writeLiteral } from "./literal.ts";
export { type MetricName, type Metrics, readMetrics, writeMetrics } from "./metrics.ts";
export {
  attemptUuid,
  deploymentUuid,
  type NameUuid,
  runUuid,
  type ServiceName,
  serviceUuid,
  type TaskName,
  taskUuid,
  workloadUuid,
} from "./own-names.ts";
export {
  type CsvTable,
  csvPath,
  csvUrl,
  type ExportPath,
  parseExportPath,
  type Reporter,
  reportPath,
  reportUrl,
} from "./paths.ts";
export {
  parseRecordedCommitment,
  parseRecordedMetagraph,
  type RecordedCommitment,
  type RecordedMetagraph,
} from "./recorded.ts";
export {
  type BuiltReport,
  buildReport,
  historyJson,
  instanceJson,
  type ReportParts,
} from "./reports/build-report.ts";
export {
  ComputeHistoryRow,
  DeploymentAuditRow,
  InstanceAuditRow,
  MinerMetricRow,
} from "./reports/instances.ts";
export {
  type AuditEntry,
  type EntryProblem,
  entryProblem,
  type Listing,
  MAX_ENTRIES,
  parseListing,
} from "./reports/listing.ts";
export {
  MAX_MINER_REPORT_CHARS,
  type MinerReport,
  parseMinerReport,
  uptimeOf,
} from "./reports/miner-report.ts";
export { MAX_REPORT_CHARS } from "./reports/parse.ts";
export {
  type StatedHistory,
  type StatedInstance,
  statedHistory,
  statedInstance,
} from "./reports/stated-rows.ts";
export { StatedReceipts, StatedRun, StatedScoring, Statement } from "./reports/statement.ts";
export {
  type Continuity,
  type CsvExport,
  exportsOf,
  type Generation,
  generationOf,
  parseValidatorReport,
  type ValidatorReport,
} from "./reports/validator-report.ts";
export {
  HISTORY_COLUMNS,
  historyCells,
  historyReader,
  RECONCILIATION_COLUMNS,
  type ReconciliationRow,
  reconciliationCells,
  reconciliationReader,
} from "./rows/feeds.ts";
export {
  INVOCATION_COLUMNS,
  type InvocationRow,
  invocationCells,
  invocationReader,
} from "./rows/invocation.ts";
export { JOB_COLUMNS, type JobRow, jobCells, jobReader } from "./rows/job.ts";
export { REPORT_COLUMNS, type ReportRow, reportCells, reportReader } from "./rows/report-row.ts";
export {
  formatCsvTime,
  formatIsoTime,
  hourOf,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
  type Micros,
  parseTimestamp,
  sliceStart,
} from "./timestamp.ts";
export {
  EMPTY_TREE,
  hashLeaf,
  InvocationTree,
  type TreeHead,
  type TreeLeaf,
  type TreeRow,
  treeHead,
  treeLeaf,
  treeRows,
} from "./tree/invocation-tree.ts";
export { type LeafProof, type RowProof, verifyRowProof } from "./tree/proof.ts";
export { parseProof, proofJson, type StatedProof } from "./tree/proof-json.ts";
