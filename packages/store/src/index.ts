export { PostgresAuditState } from "./audit/audit-state.ts";
export { PostgresSynthetics } from "./audit/synthetics.ts";
export { Bodies } from "./bodies.ts";
export {
  type HeldShard,
  type HeldShards,
  type Holding,
  type Owed,
  ShardCatalog,
  type ShardRecord,
} from "./catalog.ts";
export { type SeenCommitment, SeenCommitments } from "./commitments.ts";
export { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
export { Custody, type CustodyLimits, type HeldFile } from "./durability/custody.ts";
export { type DeletedShard, FileLives, type OwnedShard } from "./durability/file-lives.ts";
export { ManifestCopies } from "./durability/manifest-copies.ts";
export { type LossReason, type LostShard, MinerPresence } from "./durability/miner-presence.ts";
export {
  type EndangeredSegment,
  type QueuedRepair,
  RepairQueue,
} from "./durability/repair-queue.ts";
export { type VaultFile, VaultFiles } from "./durability/vault-files.ts";
export { stopEmbedded } from "./embedded/embedded.ts";
export { isTemporary, STORE_ERRORS, type StoreCode } from "./errors.ts";
export { Evidence, type EvidenceRecord, type StoredEvidence } from "./evidence.ts";
export {
  type BuiltSlice,
  ExportReports,
  type ExportSlice,
  type Listed,
} from "./exports/export-reports.ts";
export { LogSlices, type RecordedObservation } from "./exports/log-slices.ts";
export { type MinerReportRecord, MinerReports } from "./exports/miner-reports.ts";
export {
  type ReceiptBatch,
  type ReceiptLedger,
  type ReceiptPlace,
  type ReceiptRange,
  Receipts,
} from "./exports/receipts.ts";
export {
  type RunChanges,
  type Service,
  type ServiceEnd,
  type ServiceRun,
  Services,
  type SettledRun,
} from "./exports/services.ts";
export { type GrantRow, Grants, type UntaggedShard } from "./grants.ts";
export { PostgresLog } from "./ledger.ts";
export { type ManifestRecord, Manifests } from "./manifests.ts";
export { type AccessKeyRecord, AccessKeys } from "./objects/access-keys.ts";
export { BlobGarbage } from "./objects/blobs.ts";
export { ObjectGrants, type SharedObject } from "./objects/object-grants.ts";
export { type ObjectIndexOptions, PostgresObjectIndex } from "./objects/object-index.ts";
export { type Arrival, type PeerReport, PeerReports } from "./reports.ts";
export { RunJournal } from "./run-journal.ts";
export {
  type KeptTokens,
  type NextToken,
  type ShardProof,
  ShardProofs,
} from "./shard-proofs.ts";
export type { Tables } from "./tables.ts";
export {
  type WeightsAttempt,
  WeightsHistory,
  type WeightsMode,
  type WeightsResult,
  type WeightsState,
} from "./weights-history.ts";
export { type WriterOptions, withWriter } from "./writer.ts";
