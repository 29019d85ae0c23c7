export { isS3Error, S3_ERRORS, S3_STATUS, type S3Code, s3Error } from "./errors.ts";
export {
  createGateway,
  type GatewayOptions,
  type S3Ending,
  type S3Handler,
} from "./gateway.ts";
export { type Listing, type ListingQuery, listObjects } from "./listing.ts";
export { MemoryIndex } from "./memory-index.ts";
export { checkKey, isBucketName, MAX_KEY_BYTES } from "./names.ts";
export type {
  BlobPart,
  Bucket,
  Checksum,
  ListedObject,
  ListQuery,
  ListStart,
  NewObject,
  ObjectHeaders,
  ObjectIndex,
  PutCondition,
  PutResult,
  StoredObject,
  Upload,
  UploadPart,
} from "./object-index.ts";
export type { S3Limits, S3Services } from "./operation.ts";
export { readObject } from "./operations/get-object.ts";
export { readRange } from "./range.ts";
export type { Credential, Credentials } from "./sigv4/verify.ts";
export type { BlobRange, PutOptions, StoredBlob, Vault } from "./vault.ts";
