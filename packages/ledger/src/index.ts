export { archiveName } from "./archive.ts";
export {
  type Attached,
  attachBodies,
  bodiesOf,
  type Detached,
  detachBodies,
  MAX_INLINE_BYTES,
} from "./bodies.ts";
export {
  type CheckedReport,
  checkReport,
  type ExpectedReport,
  isSoundReport,
  type ReportFault,
} from "./check-report.ts";
export {
  type Checkpoint,
  type CheckpointFault,
  checkCheckpoint,
  signCheckpoint,
} from "./checkpoint.ts";
export {
  type Commitment,
  encodeCommitment,
  encodeLogCommitment,
  encodeScoresCommitment,
  MAX_FIELD_BYTES,
  MAX_FIELDS,
  parseCommitment,
  parseLogCommitment,
  parseScoresCommitment,
  type ScoresCommitment,
} from "./commitment.ts";
export { decodeEntry, encodeEntry, entryLeaf, type LogEntry } from "./entry.ts";
export { LEDGER_ERRORS, type LedgerCode } from "./errors.ts";
export { DEFAULT_FAMILY, type FamilyId, familyOf, toFamilyId } from "./family.ts";
export { isJson, type Json } from "./json.ts";
export { Log, type LogStorage, rootAt, type StoredEntry, type TreeHead } from "./log.ts";
export { logConflict, MemoryLogStorage } from "./memory-log.ts";
export { Document, Observation, OutcomeRecord } from "./observation.ts";
export { type HeadText, hasGrown, isEntryOf, proveEntry, proveGrowth } from "./proofs.ts";
export {
  type Difference,
  type DifferenceKind,
  type Replay,
  type ReplayInput,
  type ReportedScores,
  replay,
} from "./replay.ts";
export {
  commitmentOf,
  committedHash,
  MAX_SCORES,
  REPORT_DOMAIN,
  type ReportBody,
  type ReportInput,
  SCORES_SCALE,
  type SignedReport,
  signReport,
} from "./report.ts";
export { type ReportShape, readReportShape } from "./report-shape.ts";
export {
  familiesRoot,
  type HashedScores,
  SALT_BYTES,
  type ScoreMap,
  saltedHash,
  scoresHash,
  scoresPreimage,
} from "./scores-hash.ts";
export { type Judged, type RunScores, scoreRun } from "./settle.ts";
export { isSignedBy, type Signer, signBody, signedBytes } from "./signed.ts";
