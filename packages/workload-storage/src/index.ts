export { type Anchors, checkAnchors } from "./anchors.ts";
export {
  buildAnswer,
  maxAnswerBytes,
  type ShardProof,
  type ShardReader,
  type ShardSample,
} from "./answer.ts";
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
export {
  checkEntries,
  compareBytes,
  decodeEntries,
  ENTRY_BYTES,
  type Entry,
  encodeEntries,
  encodeEntry,
} from "./entry.ts";
export { isEquivocation, type SignedStatement, type Statement } from "./equivocation.ts";
export {
  type AnswerReason,
  type OpeningReason,
  type RecordReason,
  STORAGE_ERRORS,
  type StorageCode,
  type StorageReason,
} from "./errors.ts";
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
export { decodeManifest, encodeManifest, Manifest, manifestDigest } from "./manifest.ts";
export {
  type OpeningAsk,
  openedBlocks,
  openingCoefficients,
  openingParams,
} from "./opening/ask.ts";
export { type Blinding, blindOf } from "./opening/blinding.ts";
export { blockBytes, blocksOf, isSectorCount, SECTORS } from "./opening/blocks.ts";
export { openingBytes } from "./opening/equation.ts";
export { judgeOpening, statementOfTask } from "./opening/judge.ts";
export { type OpeningSecrets, proveOpening } from "./opening/prove.ts";
export {
  type OpeningClaim,
  type OpeningStatement,
  openingStatement,
} from "./opening/statement.ts";
export {
  MAX_OPENED,
  OpeningEvidence,
  OpeningTask,
  openingChallengeOf,
} from "./opening/task.ts";
export {
  type CommittedVector,
  commitBlock,
  VECTOR_HASHER,
  VectorCommitter,
  type VectorPlan,
  vectorRoot,
} from "./opening/vector-committer.ts";
export { type ClaimedOpening, verifyOpening, verifyOpenings } from "./opening/verify.ts";
export { boxSecrets, OwnerSecrets, openSecrets, ownerKey } from "./owner-box.ts";
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
  DOCUMENT,
  InventoryBody,
  linksAfter,
  PlanBody,
  planOf,
  type RecordedProbe,
  recordLinks,
  type StorageDocument,
  samplePlanOf,
} from "./run-documents.ts";
export { type ShardPlace, sealBytes, sealKeyOf, shardIdOf } from "./sealing.ts";
export {
  type Placement,
  placeCopies,
  SEGMENT_BYTES,
  type Segment,
  segmentsOf,
} from "./segments.ts";
export { SHARD_HASHER, shardRoot } from "./shard-tree.ts";
export {
  decodeHeader,
  encodeHeader,
  encryptedLength,
  HEADER_BYTES,
  NONCE_PREFIX_BYTES,
  RECORD_BYTES,
  recordContext,
  recordNonce,
  recordsOf,
  TAG_BYTES,
} from "./stream-records.ts";
export type { Sha256, SumNode } from "./sum-node.ts";
export {
  beaconOf,
  challengeOf,
  inventoryOfTask,
  MAX_SAMPLES,
  SampleEvidence,
  SampleTask,
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
  type SamplePlan,
  type StorageWorkloadOptions,
  storageWorkload,
} from "./workload.ts";
