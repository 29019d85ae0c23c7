import { CodedError } from "@neurond/primitives";

/** Every code of S3 that the gateway answers with: its HTTP status, what it means, what to do. */
export const S3_ERRORS = {
  AccessControlListNotSupported: {
    status: 400,
    cause: "an access control list was sent; buckets here have none",
    remedy: "leave the list out, and share objects with hotkeys over /v1/files",
  },
  AccessDenied: {
    status: 403,
    cause: "no signature, an expired one, or the bucket is another owner's",
    remedy: "sign with a key of the owner; sign presigned URLs again",
  },
  AuthorizationHeaderMalformed: {
    status: 400,
    cause: "the Authorization header is not one of AWS Signature Version 4",
    remedy: "use a client that signs with version 4",
  },
  AuthorizationQueryParametersError: {
    status: 400,
    cause: "the query of a presigned URL is not one of AWS Signature Version 4",
    remedy: "presign with version 4, for at most seven days",
  },
  BadDigest: {
    status: 400,
    cause: "the body is not the one whose checksum was sent",
    remedy: "send it again; the line or the sender's disk may be bad",
  },
  BucketAlreadyExists: {
    status: 409,
    cause: "another owner has a bucket of this name",
    remedy: "choose another name",
  },
  BucketAlreadyOwnedByYou: {
    status: 409,
    cause: "the bucket is there, and it is the caller's",
    remedy: "none: go on using it",
  },
  BucketNotEmpty: {
    status: 409,
    cause: "a bucket with objects in it was to be deleted",
    remedy: "delete its objects first",
  },
  EntityTooLarge: {
    status: 400,
    cause: "the object, part or request body is longer than is accepted",
    remedy: "upload in parts; the operator's limit is gateway.maxObjectBytes",
  },
  EntityTooSmall: {
    status: 400,
    cause: "a part other than the last is shorter than 5 MiB",
    remedy: "upload longer parts",
  },
  IncompleteBody: {
    status: 400,
    cause: "the body ended before its announced length",
    remedy: "send it again",
  },
  InternalError: {
    status: 500,
    cause: "a fault of the gateway; its log has the request id",
    remedy: "try again; as operator, read the log",
  },
  InvalidAccessKeyId: {
    status: 403,
    cause: "nobody has this access key",
    remedy: "make one with `neurond storage-api keys-add`",
  },
  InvalidArgument: {
    status: 400,
    cause: "a header or query parameter has a value that means nothing",
    remedy: "correct what the message names",
  },
  InvalidBucketName: {
    status: 400,
    cause: "the name cannot be one of a bucket",
    remedy: "give 3 to 63 of a-z 0-9 . - with a letter or digit at both ends",
  },
  InvalidDigest: {
    status: 400,
    cause: "a checksum header is not the Base64 text of so many bytes",
    remedy: "send the checksum itself in Base64",
  },
  InvalidPart: {
    status: 400,
    cause: "a part that is to be completed was not uploaded, or has another ETag",
    remedy: "upload it, and complete with the ETags of the answers",
  },
  InvalidPartOrder: {
    status: 400,
    cause: "the parts of a completion do not ascend",
    remedy: "list them by number",
  },
  InvalidRange: {
    status: 416,
    cause: "the range begins behind the end of the object",
    remedy: "ask for its length first",
  },
  InvalidRequest: {
    status: 400,
    cause: "headers of the request contradict each other, or one is missing",
    remedy: "correct what the message names",
  },
  InvalidStorageClass: {
    status: 400,
    cause: "a storage class other than STANDARD was asked for",
    remedy: "leave the storage class out",
  },
  InvalidURI: {
    status: 400,
    cause: "the path or query of the request cannot be decoded",
    remedy: "percent-encode it as UTF-8",
  },
  KeyTooLongError: {
    status: 400,
    cause: "the key has more than 1024 bytes",
    remedy: "choose a shorter one",
  },
  MalformedXML: {
    status: 400,
    cause: "the body is not the XML that the operation takes",
    remedy: "use a client of S3",
  },
  MetadataTooLarge: {
    status: 400,
    cause: "the user metadata has more than 2 KiB",
    remedy: "keep it in an object of its own",
  },
  MethodNotAllowed: {
    status: 405,
    cause: "the method means nothing for this resource",
    remedy: "use a client of S3",
  },
  MissingContentLength: {
    status: 411,
    cause: "a body came without its length",
    remedy: "send Content-Length, and x-amz-decoded-content-length where the body is in chunks",
  },
  MissingRequestBodyError: {
    status: 400,
    cause: "the operation needs a body and none came",
    remedy: "use a client of S3",
  },
  NoSuchBucket: {
    status: 404,
    cause: "there is no bucket of this name",
    remedy: "create it",
  },
  NoSuchKey: {
    status: 404,
    cause: "the bucket has no object of this key",
    remedy: "list the bucket",
  },
  NoSuchUpload: {
    status: 404,
    cause: "the multipart upload was completed, aborted, or never begun",
    remedy: "begin another",
  },
  NoSuchVersion: {
    status: 404,
    cause: "a version was named; objects here have one, called null",
    remedy: "leave the version out",
  },
  NotImplemented: {
    status: 501,
    cause: "the operation, or what a header asks for, is not offered here",
    remedy: "do without it",
  },
  PreconditionFailed: {
    status: 412,
    cause: "the object is not in the state that If-Match, If-None-Match or a date asks for",
    remedy: "look at the object, and decide anew",
  },
  RequestTimeTooSkewed: {
    status: 403,
    cause: "the clocks of client and gateway differ by more than 15 minutes",
    remedy: "set the clock",
  },
  RequestTimeout: {
    status: 400,
    cause: "the body did not arrive in time",
    remedy: "send it again, in smaller parts",
  },
  ServiceUnavailable: {
    status: 503,
    cause: "the disk is full, or something the gateway depends on does not answer",
    remedy: "try again later; as operator, read the log",
  },
  SignatureDoesNotMatch: {
    status: 403,
    cause: "the signature does not cover this request",
    remedy: "check the secret key; a proxy between must not change host, path or signed headers",
  },
  SlowDown: {
    status: 503,
    cause: "more requests than the gateway takes, from this address or altogether",
    remedy: "wait and try again; as operator, see gateway limits",
  },
  TooManyBuckets: {
    status: 400,
    cause: "the owner has as many buckets as the gateway allows",
    remedy: "delete one, or put more into one",
  },
  XAmzContentSHA256Mismatch: {
    status: 400,
    cause: "the body does not have the SHA-256 that was signed",
    remedy: "send the body that was signed",
  },
} as const satisfies Record<
  string,
  { readonly status: number; readonly cause: string; readonly remedy: string }
>;

/** Codes of S3, spelt as its clients know them. */
export type S3Code = keyof typeof S3_ERRORS;

/** HTTP status of every code. */
export const S3_STATUS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(S3_ERRORS).map(([code, { status }]) => [code, status]),
);

/** A refusal in the words of S3; `context` becomes elements of the error document. */
export function s3Error(
  code: S3Code,
  message: string = S3_ERRORS[code].cause,
  context: Readonly<Record<string, string>> = {},
  options?: ErrorOptions,
): CodedError<S3Code> {
  return new CodedError(code, message, context, options);
}

/** Whether an error is one of ours, by its code. */
export function isS3Error(error: unknown): error is CodedError<S3Code> {
  return error instanceof CodedError && Object.hasOwn(S3_ERRORS, error.code);
}
