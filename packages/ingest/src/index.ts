export {
  ReconcileSection,
  ScoringSection,
  type ValidatorSetting,
  ValidatorsSetting,
  VerifySection,
} from "./config.ts";
export { type ClaimsOf, chainFindings } from "./continuity/chain-findings.ts";
export type {
  ComputedTree,
  LedgerRows,
  ReportClaims,
  SeenReceipts,
  TreeMode,
  TreeText,
} from "./continuity/claims.ts";
export { receiptFindings } from "./continuity/receipt-findings.ts";
export { type Stated, scoringFindings } from "./continuity/scoring-findings.ts";
export { type TreeSeen, treeFindings } from "./continuity/tree-findings.ts";
export { withdrawnFindings } from "./continuity/withdrawn-findings.ts";
export {
  hasReached,
  isSettled,
  STEPS,
  type Step,
  type TrackedEntry,
  trackedEntry,
} from "./entry.ts";
export { INGEST_ERRORS, type IngestCode, ingestError } from "./errors.ts";
export {
  parseBlacklist,
  parseGpuCounts,
  parseHistoryFeed,
  parseReconciliation,
  parseScores,
} from "./feeds.ts";
export {
  entryFindings,
  FINDING_KINDS,
  type Finding,
  type FindingKind,
  finding,
  findingKey,
  listingFindings,
  type Severity,
} from "./findings.ts";
export { deltaOf, MAX_DELTA, shareLines } from "./lines.ts";
export { MemoryState } from "./memory-state.ts";
export type { MetagraphNode } from "./metagraph-node.ts";
export {
  type AuditState,
  type ExportSource,
  FEEDS,
  type FeedName,
  type Fetched,
  type RowsAnswer,
  type SeenDigest,
  type SignedAnswer,
  type StoredAnswer,
  type Wanted,
  type Witness,
} from "./ports.ts";
export { nextTry, PROBLEMS, type Problem, type Retries, type Verdict } from "./problems.ts";
export {
  applyEnds,
  applyHistory,
  countDisagreements,
  type Disagreements,
  disagreementsOf,
  type ReconcileMode,
  type Reconciliation,
} from "./reconcile.ts";
export {
  type ExportedRun,
  exportedRunKey,
  runFindings,
  statedRun,
  verdictLine,
} from "./runs/exported-run.ts";
export { profileOf, type Scored, type ScoreInputs, scoreProfile } from "./score.ts";
export { type Paid, type RunHead, scoreRun } from "./score-rows.ts";
export {
  type Agreement,
  PROFILES,
  type Profile,
  type ScoreRow,
  type ScoreRun,
} from "./score-run.ts";
export { type Selected, type Selection, selectEntries } from "./select-entries.ts";
export { verdictOf, verifiedSlices } from "./verdict.ts";
export {
  CHAIN_STATUSES,
  type ChainStatus,
  type FirstMethod,
  type Verification,
  type VerifyMethod,
  type VerifyPolicy,
} from "./verification.ts";
