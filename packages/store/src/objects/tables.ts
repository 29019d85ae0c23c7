import type { Generated } from "kysely";

// Headers and checksums are kept as JSON text; keys as the bytes of their UTF-8.

/** Tables of an API node. */
export interface ObjectTables {
  readonly buckets: BucketsTable;
  readonly objects: ObjectsTable;
  readonly object_parts: ObjectPartsTable;
  readonly object_grants: ObjectGrantsTable;
  readonly uploads: UploadsTable;
  readonly upload_parts: UploadPartsTable;
  readonly blobs: BlobsTable;
  readonly access_keys: AccessKeysTable;
}

export interface BucketsTable {
  name: string;
  owner: string;
  created_ms: number;
}

export interface ObjectsTable {
  /** Stays when the object is overwritten. */
  serial: Generated<number>;
  bucket: string;
  key: Uint8Array;
  owner: string;
  size: number;
  etag: string;
  modified_ms: number;
  headers: string;
  checksum: string | null;
  /** The multipart upload it was made by. */
  upload_id: string | null;
  expires_ms: number | null;
}

interface ObjectPartsTable {
  serial: number;
  index: number;
  blob: string;
  size: number;
}

interface ObjectGrantsTable {
  serial: number;
  grantee: string;
  granted_ms: number;
}

export interface UploadsTable {
  upload_id: string;
  bucket: string;
  key: Uint8Array;
  owner: string;
  initiated_ms: number;
  headers: string;
  algorithm: string | null;
  checksum_type: string;
}

export interface UploadPartsTable {
  upload_id: string;
  number: number;
  size: number;
  etag: string;
  checksum: string | null;
  modified_ms: number;
  /** Null when the part is empty. */
  blob: string | null;
}

/** How many names a blob has; one without any is removed from the vault after a while. */
interface BlobsTable {
  blob: string;
  refs: number;
  /** When a blob without a name may be removed, or tried again; null while it has one. */
  free_after_ms: number | null;
  failures: Generated<number>;
}

interface AccessKeysTable {
  access_key_id: string;
  owner: string;
  boxed_secret: Uint8Array;
  label: string;
  created_ms: number;
}
