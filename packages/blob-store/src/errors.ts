import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const BLOB_ERRORS = {
  BLOB_CHANGED: {
    cause: "a blob was replaced while it was being read",
    remedy: "read it again from the beginning",
  },
  BLOB_CORRUPT: {
    cause: "the bytes that arrived are not those that were stored",
    remedy: "read it again; if it stays so, restore the blob from another copy",
  },
  BLOB_CREDENTIALS_MISSING: {
    cause: "there are no credentials for the object storage, or their file cannot be read",
    remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a credentials file",
  },
  BLOB_MISSING: {
    cause: "there is no blob of this name",
    remedy:
      "check the name and the prefix; what was removed or never stored must come from elsewhere",
  },
  BLOB_NAME_INVALID: {
    cause: "a text cannot be the name of a blob",
    remedy:
      "use lower-case letters, digits and . _ - in parts between single slashes, 512 characters at most",
  },
  BLOB_STORE_FULL: {
    cause: "the disk or the quota of the object storage is used up",
    remedy: "free space and do the same again; nothing that was stored is lost",
  },
  BLOB_STORE_REFUSED: {
    cause: "the object storage refused a request; the message has its own code",
    remedy:
      "check bucket, region, credentials and clock; the credentials must allow to get, put, delete and list",
  },
  BLOB_STORE_UNREACHABLE: {
    cause: "the object storage or the directory did not answer properly, several times in a row",
    remedy: "check the endpoint and the network, or the disk; then do the same again",
  },
  BLOB_TOO_LARGE: {
    cause: "a blob has more parts than object storage takes",
    remedy: "raise the size of a part; 10000 parts is the limit",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type BlobCode = keyof typeof BLOB_ERRORS;

/** A failure of a blob or of where it is kept. */
export function blobError(
  code: BlobCode,
  message: string,
  context: Record<string, unknown> = {},
  cause?: unknown,
): CodedError<BlobCode> {
  return new CodedError<BlobCode>(code, message, context, cause === undefined ? {} : { cause });
}
