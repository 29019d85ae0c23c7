export { AnyValidator } from "./any-validator.ts";
export { STORAGE_CLIENT_ERRORS, type StorageClientCode } from "./errors.ts";
export { type GetFileOptions, getFile, partialPath } from "./get-file.ts";
export type {
  FileKeeper,
  FileWeakness,
  Places,
  SealedShard,
  StorageNetwork,
  StoredShard,
  WantedPlaces,
} from "./network.ts";
export { type FoundManifest, newestOf } from "./newest-of.ts";
export { Meter, type Progress } from "./progress.ts";
export { forgetUpload, type PutOptions, putFile, type StoredFile } from "./put-file.ts";
export {
  type RepairedSegment,
  type RepairOptions,
  repairSegment,
} from "./repair/repair-segment.ts";
export { type GetOptions, StoredFileReader } from "./stored-file.ts";
export {
  readStatus,
  type ShardPosition,
  ValidatorNetwork,
  type ValidatorStatus,
} from "./validator-network.ts";
