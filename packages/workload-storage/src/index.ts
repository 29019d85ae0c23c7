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
export {
  CustodyKey,
  custodianOf,
  custodyKeys,
  entrust,
  isCustodyKeySigned,
  openCustody,
  signCustodyKey,
  withdraw,
} from "./custody.ts";
export {
  checkEntries,
  compareBytes,
  decodeEntries,
  ENTRY_BYTES,
  type Entry,
  encodeEntries,
  encodeEntry,
} from "./entry.ts";
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
export { cidOf, hashData } from "./filetao-ids.ts";
export {
  FILETAO_PLAIN,
  type FiletaoFile,
  type FiletaoRandom,
  filetaoKey,
  openFiletao,
  sealFiletao,
} from "./filetao-v1.ts";
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
export {
  decodeManifest,
  encodeManifest,
  MAX_MANIFEST_BYTES,
  Manifest,
  manifestDigest,
  signManifest,
} from "./manifest.ts";
export type { ManifestShard } from "./manifest-shard.ts";
export { newestManifest, nextRevision, type UnsignedManifest } from "./next-revision.ts";
export {
  type OpeningAsk,
  openedBlocks,
  openingCoefficients,
  openingParams,
} from "./opening/ask.ts";
export { type Blinding, blindOf } from "./opening/blinding.ts";
export { blockBytes, blocksOf, isSectorCount, OPENING_SECTORS } from "./opening/blocks.ts";
export { openingBytes } from "./opening/equation.ts";
export { judgeOpening, statementOfTask } from "./opening/judge.ts";
export { makeOpeningTask, type OpeningSubject } from "./opening/make-task.ts";
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
export {
  boxBytes,
  boxSecrets,
  OwnerSecrets,
  openBox,
  openSecrets,
  ownerKey,
} from "./owner-box.ts";
export { encodeParties, type Parties } from "./parties.ts";
export { pickSeed, pickShard, type ShardPick } from "./pick.ts";
export { samplePositions } from "./positions.ts";
export {
  type GrantedFile,
  isReadGranted,
  MAX_READ_GRANT,
  type ReadGrant,
  signReadGrant,
} from "./read-grant.ts";
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
  Repair,
  repairDigest,
  roundOf,
  settledSegments,
  shardsOf,
  signRepair,
  withRepair,
} from "./repair.ts";
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
export { openSealed, sealFor } from "./sealed-box.ts";
export { type ShardPlace, sealBytes, sealKeyOf, shardIdOf } from "./sealing.ts";
export {
  fittingPlan,
  type Placement,
  placeShards,
  planOfSize,
  REPLICATED_BELOW,
  type RsPlan,
  SEGMENT_BYTES,
  type Segment,
  segmentsOf,
  shardBytes,
} from "./segments.ts";
export { SHARD_HASHER, shardRoot } from "./shard-tree.ts";
export {
  type FileSecrets,
  openFile,
  readersOf,
  rotateOwnerKey,
  shareWith,
  sharingKeys,
  unshare,
} from "./share.ts";
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
  addSweepSums,
  decodeSweepAnswer,
  encodeSweepAnswer,
  type SweepAnswer,
  type SweepSums,
  sweepAnswerBytes,
} from "./sweep/answer.ts";
export {
  auditSweepPeriod,
  badTagsDue,
  type PeriodAudit,
  type PeriodRecords,
  revealDue,
  revealOpens,
  type SweepAudit,
  type SweepRecord,
} from "./sweep/audit-period.ts";
export {
  type BadTag,
  type BadTagFault,
  BadTagRecord,
  badTagOf,
  plausibleBadTag,
  proveBadTag,
  recordBadTag,
  type SuspectTag,
  verifyBadTag,
} from "./sweep/bad-tag.ts";
export { coefficientKey, coefficientsAt } from "./sweep/coefficients.ts";
export { ELEMENT_BYTES, P as SWEEP_PRIME } from "./sweep/field.ts";
export {
  checkTagSet,
  checkTagSets,
  covers,
  type Grant,
  grantDigest,
  isGrantSigned,
  MAX_GRANTED_PERIODS,
  parseSignedGrant,
  periodsToGrant,
  recordSignedGrant,
  type SignedGrant,
  SignedGrantRecord,
  tagSetOf,
} from "./sweep/grant.ts";
export {
  type AnswerOptions,
  answerSweep,
  type TaggedShard,
  tagShard,
} from "./sweep/in-memory.ts";
export { IndexRanges, indicesOf, rangesOf } from "./sweep/index-ranges.ts";
export {
  isVerdictSigned,
  judgeSweep,
  type SweepJudgement,
  type SweepJudgeOptions,
} from "./sweep/judge.ts";
export {
  maskKey,
  masksAt,
  minerKey,
  type Period,
  periodCommitment,
  periodSecret,
  weightsOf,
} from "./sweep/keys.ts";
export { counterAt, type KeystreamAt, keystreamAt } from "./sweep/keystream.ts";
export { defaultBudget, numberRows, type Swept, sweepList, sweepParams } from "./sweep/list.ts";
export {
  BurnedRecord,
  CommitmentRecord,
  checkReveal,
  isPeriodSigned,
  type PeriodStatement,
  periodDigest,
  RevealRecord,
} from "./sweep/period-records.ts";
export { bigintRowSum, type RowSum, rowSum } from "./sweep/row-sum.ts";
export {
  COEFFICIENT_BYTES,
  PIECE_BYTES,
  PIECE_ROWS,
  ROW_BYTES,
  rowsOf,
  tagBytesOf,
} from "./sweep/rows.ts";
export {
  areTagsCanonical,
  TAG_HASHER,
  TAG_PIECE_BYTES,
  tagLeaves,
  tagRoot,
} from "./sweep/tag-set.ts";
export { bigintTagger, type Tagger, tagger } from "./sweep/tagger.ts";
export {
  grantedIndices,
  listOfSweep,
  MAX_CONCEDED,
  periodBlocks,
  periodOfSweep,
  SweepEvidence,
  type SweepHoldings,
  SweepTask,
  sweepChallengeOf,
} from "./sweep/task.ts";
export {
  type FutureRound,
  isTimelockSigned,
  lockSecret,
  TIMELOCK_RANDOM_BYTES,
  TimelockRecord,
  timelockStatement,
  type Unlocked,
  unlockSecret,
} from "./sweep/timelock.ts";
export { bigintValueSum, type ValueSum, valueSum } from "./sweep/value-sum.ts";
export { type SweepClaim, type SweepVerifyOptions, verifySweep } from "./sweep/verify.ts";
export { withheldPeriod } from "./sweep/withheld.ts";
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
  type AnswerState,
  answerPrefix,
  type StartAnswer,
  TAG_NONCE,
  type TokenAlg,
  type TokenQuestion,
  tokenAnswer,
  tokenAnswerBytes,
} from "./token/answer.ts";
export { type TokenName, tokenBlind, tokenKey, tokenSeed } from "./token/derive.ts";
export { judgeToken } from "./token/judge.ts";
export {
  decodeTokenLeaf,
  encodeTokenLeaf,
  seedCommitOf,
  TOKEN_HASHER,
  TOKEN_LEAF_BYTES,
  type TokenLeaf,
} from "./token/leaf.ts";
export { type OpenedToken, openToken } from "./token/opened-token.ts";
export {
  openedTokenOf,
  TokenEvidence,
  TokenTask,
  tokenChallengeOf,
  tokenParams,
} from "./token/task.ts";
export {
  type MadeToken,
  type MadeTokens,
  TokenMaker,
  type TokenPlan,
  tokensNumbered,
} from "./token/token-maker.ts";
export {
  type LeafOpening,
  type TokenClaim,
  tokensOpen,
  verifyToken,
} from "./token/verify.ts";
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
