export { type Anchors, anchorsOf, scoresOnChain } from "./anchors.ts";
export { auditRun, type RunAudit, type Standing, type ValidatorResult } from "./audit-run.ts";
export type { Accused, EvidenceFault, Judge, Verdict } from "./claims/claim.ts";
export type { AuditTools } from "./context.ts";
export { type Contradiction, StatementIndex } from "./contradictions.ts";
export { AUDIT_ERRORS, type AuditCode } from "./errors.ts";
export { auditedEveryMiner } from "./every-miner.ts";
export { checkEvidence, type Evidence, evidenceName, sealEvidence } from "./evidence.ts";
export {
  judgeRows,
  judgeSlices,
  type RunJudgement,
  type RunSlice,
  type RunVerdict,
} from "./exported/judge-run.ts";
export { type Recomputed, type RunRow, recomputeRun } from "./exported/recompute.ts";
export { exportedOutcome, exportedRow, type RowContext } from "./exported/row.ts";
export type {
  AnswerCount,
  Holder,
  Incumbents,
  LogFacts,
  OfferedReport,
  RowFact,
  RunFacts,
  Snapshot,
  SnapshotNeuron,
  ValidatorFacts,
} from "./facts.ts";
export { FINDINGS, type Finding, type FindingCode, type Severity } from "./finding.ts";
export { gatherStatements, statementsOfEntry } from "./gather-statements.ts";
export type { WeightsState } from "./judge-weights.ts";
export { rateDifferences } from "./offline-rates.ts";
export {
  type JudgedPeriod,
  type JudgedSweep,
  judgePeriod,
  type OpeningRound,
  type PeriodFacts,
} from "./period/audit-period.ts";
export { isAbout, type NamedPeriod, spanOf } from "./period/log-span.ts";
export { auditStoragePeriod, type PeriodSource } from "./period/period-findings.ts";
export { AnchorBlocks, readStorageLog, type StorageLog } from "./period/storage-log.ts";
export { tokenFindings } from "./period/token-findings.ts";
export { LogIndex, type ReadEntries, WINDOW_ENTRIES, WindowedLog } from "./period/windowed-log.ts";
export { type Agreement, agreementOf, eligibleOf, isSameRow, rowOf } from "./recompute.ts";
export { type Rules, RulesText, readRules } from "./rules.ts";
export { RunConfig, rulesFrom } from "./run-config.ts";
export { indexOfRun, type RunTimes, timesOf } from "./run-times.ts";
export { OpenSegment, type PlacedEntry, Segment } from "./segment.ts";
export { type AuditStatement, isStatementSigned, stateAudit } from "./statement.ts";
export { auditedStorage } from "./storage.ts";
export { peaksOf, rootsOf, Tail } from "./tail.ts";
export { contradictionText, validatorOf } from "./tell-contradiction.ts";
export type { AuditedWorkload, SeededRun } from "./workload.ts";
export { auditedWorkloads } from "./workloads.ts";
