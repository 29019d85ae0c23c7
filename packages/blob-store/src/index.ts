export type {
  BlobRange,
  BlobSource,
  BlobStat,
  BlobStore,
  ListedBlob,
  Waiting,
} from "./blob-store.ts";
export { directoryBlobs } from "./directory.ts";
export { BLOB_ERRORS, type BlobCode } from "./errors.ts";
export { isBlobName } from "./names.ts";
export { prefixedBlobs } from "./prefixed.ts";
export { type CredentialsSource, fileCredentials, type S3Credentials } from "./s3/credentials.ts";
export type { S3Options } from "./s3/options.ts";
export { s3Blobs } from "./s3/s3-blobs.ts";
