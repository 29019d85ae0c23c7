export {
  type GrantedFile,
  isReadGranted,
  MAX_READ_GRANT,
  type ReadGrant,
  signReadGrant,
} from "../read-grant.ts";
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
export { cidOf, hashData } from "./filetao-ids.ts";
export {
  FILETAO_PLAIN,
  type FiletaoFile,
  type FiletaoRandom,
  openFiletao,
  sealFiletao,
} from "./filetao-v1.ts";
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
  boxBytes,
  boxSecrets,
  OwnerSecrets,
  openBox,
  openSecrets,
  ownerKey,
} from "./owner-box.ts";
export {
  Repair,
  repairDigest,
  roundOf,
  settledSegments,
  shardsOf,
  signRepair,
  withRepair,
} from "./repair.ts";
export { openSealed, sealFor } from "./sealed-box.ts";
export { type ShardPlace, sealBytes, sealKeyOf, shardIdOf } from "./sealing.ts";
export {
  fittingPlan,
  MAX_FILE_SHARDS,
  type Placement,
  placeShards,
  planOfSize,
  REPLICATED_BELOW,
  type RsPlan,
  requireListable,
  SEGMENT_BYTES,
  type Segment,
  segmentsOf,
  shardBytes,
} from "./segments.ts";
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
