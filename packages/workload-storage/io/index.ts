export { type BlobBodiesOptions, blobBodies } from "./blob-bodies.ts";
export { CHALLENGE_PATH, ChallengeMessage, SIGNATURE_BYTES } from "./challenge-message.ts";
export { CheckedBody } from "./checked-body.ts";
export { cutInto, type Piece } from "./cut.ts";
export { freeBytesAt } from "./disk-space.ts";
export { syncDirectoryOf, writeDurably } from "./durable-file.ts";
export {
  decryptStream,
  encryptStream,
  type FileKey,
  openRecords,
  type RecordKeys,
  sealRecords,
} from "./encrypt-stream.ts";
export { heldEntries } from "./held-inventory.ts";
export { isLoss } from "./loss.ts";
export {
  type LeftBehind,
  type Migrated,
  type MigrateOptions,
  migrateStore,
} from "./migrate-store.ts";
export { nativeSha256 } from "./native-sha256.ts";
export { answerOpening, type OpeningSource } from "./opening/answer-opening.ts";
export { VectorThread } from "./opening/vector-thread.ts";
export {
  type ProberOptions,
  type ProberSecrets,
  type SilenceReason,
  storageProber,
} from "./prober.ts";
export type { Holdings } from "./receipt-index.ts";
export { type OpenSink, receiveShard, type Sink } from "./receive-shard.ts";
export type { Recovered } from "./recover-store.ts";
export { type AnswersByMode, type ResponderOptions, storageResponder } from "./responder.ts";
export { Sealer, sealStream } from "./seal-stream.ts";
export type { OpenBody, ShardBodies } from "./shard-bodies.ts";
export { ShardHasher, type ShardTree } from "./shard-hasher.ts";
export { parseShardName, type ShardName, shardNameOf, shardPath } from "./shard-paths.ts";
export { ShardStore, type ShardStoreOptions } from "./shard-store.ts";
export {
  Countersignature,
  decodeOffer,
  encodeOffer,
  type OfferedReceipt,
  RECEIPT_PARAMETER,
} from "./shard-transfer.ts";
export {
  type AcceptGrantOptions,
  acceptGrant,
  checkGrantOffer,
  type OfferedTags,
} from "./sweep/accept-grant.ts";
export { markBurned, readBurned, sweepKeyFile, sweepKeysIn } from "./sweep/burn-marks.ts";
export { type DiskSource, findOnDisk } from "./sweep/find-on-disk.ts";
export { nativeKeystreamAt } from "./sweep/native-keystream.ts";
export {
  findWrongRows,
  type RecheckAllOptions,
  type RecheckOptions,
  type RevealedPeriod,
  readTags,
  recheckTags,
} from "./sweep/recheck-tags.ts";
export {
  Scrub,
  type Scrubbed,
  type ScrubbedStore,
  type ScrubOptions,
  scrubShard,
  scrubShards,
} from "./sweep/scrub.ts";
export type { ShardFilesToSum } from "./sweep/sum-shards.ts";
export {
  type FindShard,
  SweepAnswerer,
  type SweepAnswererOptions,
  type SweepQuestion,
  shareOut,
} from "./sweep/sweep-answerer.ts";
export { TagPool, type TagPoolOptions, type TagRequest } from "./sweep/tag-pool.ts";
export { type TagPlace, TagStore } from "./sweep/tag-store.ts";
export {
  decodeGrantOffer,
  encodeGrantOffer,
  GRANT_PARAMETER,
  newerReceiptPath,
  type OfferedGrant,
  SignatureAnswer,
  splitTagSets,
  tagSetsBytes,
  tagsPath,
} from "./tag-transfer.ts";
export { answerToken } from "./token/answer-token.ts";
export { nativeAnswers } from "./token/native-answers.ts";
