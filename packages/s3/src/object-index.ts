/** A bucket: a name that one owner has. */
export interface Bucket {
  readonly name: string;
  readonly owner: string;
  readonly createdMs: number;
}

/** A stretch of an object, in the vault. */
export interface BlobPart {
  readonly blob: string;
  readonly size: number;
}

/** A checksum that a client sent, or that was computed of those of the parts. */
export interface Checksum {
  readonly algorithm: "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
  /** Base64; of multipart objects `base64-n` where it is a checksum of checksums. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** What a client says of an object beside its bytes: `content-type` and such, `x-amz-meta-*`. */
export type ObjectHeaders = Readonly<Record<string, string>>;

/** An object without its place. */
export interface NewObject {
  readonly owner: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly headers: ObjectHeaders;
  readonly checksum: Checksum | null;
  /** Unix milliseconds after which it is as good as deleted; for ever when absent. */
  readonly expiresMs?: number;
  /** In order; none when the object is empty. */
  readonly parts: readonly BlobPart[];
}

/** An object as it stands. */
export interface StoredObject extends NewObject {
  readonly bucket: string;
  readonly key: string;
}

/** A line of a listing. */
export type ListedObject = Pick<StoredObject, "key" | "size" | "etag" | "modifiedMs" | "owner">;

/** What must hold of the object that is there, at the instant it is replaced. */
export interface PutCondition {
  /** The ETag it has; "*" any. */
  readonly ifMatch?: string;
  /** True: there is none. */
  readonly ifAbsent?: boolean;
}

/** Where a listing goes on: behind a key, or behind every key that begins with a text. */
export type ListStart = { readonly after: string } | { readonly past: string };

export interface ListQuery {
  readonly prefix: string;
  readonly start: ListStart | null;
  readonly limit: number;
}

/** A multipart upload under way. */
export interface Upload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
  readonly initiatedMs: number;
  readonly headers: ObjectHeaders;
  readonly algorithm: Checksum["algorithm"] | null;
  readonly checksumType: Checksum["type"];
}

/** A part of an upload. */
export interface UploadPart {
  /** 1 to 10,000. */
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly checksum: Checksum | null;
  readonly modifiedMs: number;
  /** Null when the part is empty. */
  readonly blob: string | null;
}

/** How a write ended. */
export type PutResult = "stored" | "no-bucket" | "precondition-failed" | "no-object" | "no-blob";

/**
 * Port: what is stored under which name. Names are compared by the bytes of their UTF-8. A method that
 * returns has written durably; each is one transaction. Blobs that nothing refers to any more are queued
 * for removal in that same transaction.
 */
export interface ObjectIndex {
  createBucket(bucket: Bucket, maxPerOwner: number): Promise<"created" | "exists" | "too-many">;
  bucket(name: string): Promise<Bucket | null>;
  /** By name ascending. */
  buckets(owner: string): Promise<readonly Bucket[]>;
  /** Uploads of the bucket end with it. */
  deleteBucket(name: string): Promise<"deleted" | "missing" | "not-empty">;

  object(bucket: string, key: string): Promise<StoredObject | null>;
  putObject(
    bucket: string,
    key: string,
    object: NewObject,
    condition?: PutCondition,
  ): Promise<PutResult>;
  /**
   * Another name for the same blobs. "no-blob": they went away meanwhile; read the source again.
   */
  copyObject(
    bucket: string,
    key: string,
    object: NewObject,
    condition?: PutCondition,
  ): Promise<PutResult>;
  /** False when there was none. */
  deleteObject(bucket: string, key: string): Promise<boolean>;
  list(bucket: string, query: ListQuery): Promise<readonly ListedObject[]>;

  createUpload(upload: Upload): Promise<"stored" | "no-bucket">;
  upload(uploadId: string): Promise<Upload | null>;
  /** Replaces the part of the same number; false when the upload is over, and then nothing is written. */
  putPart(uploadId: string, part: UploadPart): Promise<boolean>;
  /** By number ascending, those after `after`. */
  parts(uploadId: string, after: number, limit: number): Promise<readonly UploadPart[]>;
  /** False when the upload is over. */
  abortUpload(uploadId: string): Promise<boolean>;
  /**
   * Makes the named parts an object and forgets the others. `object.parts` are those of `numbers` in order.
   * "changed": a part is no longer the one that was read; read again.
   */
  completeUpload(
    uploadId: string,
    numbers: readonly number[],
    object: NewObject,
    condition?: PutCondition,
  ): Promise<PutResult | "no-upload" | "changed">;
  /** The ETag of the object that an upload became, while it stands. */
  completed(uploadId: string): Promise<StoredObject | null>;
  /** By key, then by upload id, behind a place. */
  uploads(
    bucket: string,
    query: {
      readonly prefix: string;
      readonly after: { readonly key: string; readonly uploadId: string | null } | null;
      readonly limit: number;
    },
  ): Promise<readonly Upload[]>;
  /** Writes down that blobs were stored for nothing; they are removed later. */
  discard(blobs: readonly string[]): Promise<void>;
}
