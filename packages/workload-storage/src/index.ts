export { type Anchors, checkAnchors } from "./anchors.ts";
export {
  buildAnswer,
  maxAnswerBytes,
  type ShardProof,
  type ShardReader,
  type ShardSample,
} from "./answer.ts";
export {
  challengeOfTask,
  modeOf,
  StorageEvidence,
  StorageTask,
  seedOfAnyTask,
  type TaskOfMode,
} from "./any-task.ts";
export {
  type Beacon,
  type BeaconFacts,
  type BeaconInputs,
  beaconDigest,
  beaconInputs,
  beaconRound,
  type ChainBeacon,
  checkBeacon,
  type DrandBeacon,
} from "./beacon.ts";
export type { Holding, StorageCatalog } from "./catalog.ts";
export {
  type Challenge,
  challengeSeed,
  MODE,
  PERIOD_BLOCKS,
  periodOf,
  sampleParams,
} from "./challenge.ts";
export { compareBytes, ENTRY_BYTES, type Entry, encodeEntry } from "./entry.ts";
export { type Entries, EntryList } from "./entry-list.ts";
export {
  isEquivocation,
  type SignedStatement,
  type Statement,
  subjectOf,
} from "./equivocation.ts";
export {
  type AnswerReason,
  type OpeningReason,
  type RecordReason,
  STORAGE_ERRORS,
  type StorageCode,
  type StorageReason,
  type TokenReason,
} from "./errors.ts";
export { inclusionPaths } from "./inclusion-paths.ts";
export { type Inventory, inventoryDigest, inventoryOf, isInventorySigned } from "./inventory.ts";
export { auditInventory, type InventoryFinding, type InventoryRecord } from "./inventory-audit.ts";
export { InventoryTree, type Place } from "./inventory-tree.ts";
export {
  isShardSize,
  LEAF_BYTES,
  leafLength,
  leavesOf,
  MAX_SHARD_BYTES,
  MAX_TOTAL_LEAVES,
} from "./limits.ts";
export { encodeParties, type Parties } from "./parties.ts";
export { pickSeed, pickShard, type ShardPick } from "./pick.ts";
export { samplePositions } from "./positions.ts";
export {
  isReceiptSigned,
  type Receipt,
  receiptDigest,
  type SignedReceipt,
  type Tokens,
  type VectorCommitments,
} from "./receipt.ts";
export {
  parseSignedReceipt,
  ReceiptRecord,
  receiptOf,
  recordReceipt,
  recordSignedReceipt,
  SignedReceiptRecord,
} from "./receipt-record.ts";
export {
  catalogOf,
  DeletionBody,
  DOCUMENT,
  InventoryBody,
  linksAfter,
  PeriodsBody,
  PlanBody,
  planOf,
  type RecordedProbe,
  recordLinks,
  type StorageDocument,
  storagePlanOf,
} from "./run-documents.ts";
export { SHARD_HASHER, shardRoot } from "./shard-tree.ts";
export {
  deadlineFor,
  type GrantedRows,
  OPENING_SLOT,
  SAMPLE_SLOT,
  SlotPlan,
  type StoragePlan,
  SWEEP_SLOT,
  sweepTerms,
  tokenSlot,
} from "./slot-plan.ts";
export {
  STATEMENT_RECORDS,
  type StatementKind,
  type StatementRecord,
  statementOfRecord,
} from "./statement-record.ts";
export { readStatement, statementOfDocument, statementsOfProbe } from "./statements-of.ts";
export type { Sha256, SumNode } from "./sum-node.ts";
export {
  beaconOf,
  challengeOf,
  inventoryOfTask,
  MAX_SAMPLES,
  SampleEvidence,
  SampleTask,
  type SlotEvidence,
  type SlotTask,
  seedOfTask,
} from "./task.ts";
export {
  type Answered,
  answerDigest,
  firstLink,
  linkAfter,
  NO_RESPONSE,
  nextLink,
  responseHash,
  type SlotResult,
  type VerdictClaim,
  type VerdictCode,
  verdictDigest,
} from "./transcript.ts";
export { type AnswerClaim, verifyAnswer } from "./verify-answer.ts";
export {
  DEFAULT_PLAN,
  type StorageWorkloadOptions,
  storageWorkload,
} from "./workload.ts";
