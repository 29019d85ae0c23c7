import { checksumHeader } from "./body/checksum.ts";
import { s3Error } from "./errors.ts";
import type { ObjectHeaders, StoredObject } from "./object-index.ts";
import type { S3Call } from "./operation.ts";

/** Of HTTP, kept with an object and given back with it. */
const KEPT = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-language",
  "expires",
] as const;
const META = "x-amz-meta-";
const MAX_META_BYTES = 2048;
const MAX_HEADER_BYTES = 2048;
/** Query parameters by which a signed reader replaces a header of the answer. */
const OVERRIDES: readonly (readonly [parameter: string, header: string])[] = [
  ["response-content-type", "content-type"],
  ["response-content-language", "content-language"],
  ["response-expires", "expires"],
  ["response-cache-control", "cache-control"],
  ["response-content-disposition", "content-disposition"],
  ["response-content-encoding", "content-encoding"],
];
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const VISIBLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What a request says of the object it stores. @throws CodedError MetadataTooLarge, InvalidArgument */
export function readObjectHeaders(call: S3Call): ObjectHeaders {
  const kept = new Map<string, string>();
  for (const name of KEPT) {
    const value = call.option(name);
    if (value !== undefined) kept.set(name, value.slice(0, MAX_HEADER_BYTES));
  }
  const encoding = (call.option("content-encoding") ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && one.toLowerCase() !== "aws-chunked");
  if (encoding.length > 0)
    kept.set("content-encoding", encoding.join(",").slice(0, MAX_HEADER_BYTES));
  const meta = metadataOf(call);
  const bytes = meta.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > MAX_META_BYTES) throw s3Error("MetadataTooLarge");
  for (const [name, value] of meta) kept.set(META + name, value);
  return Object.fromEntries(kept);
}

function metadataOf({ head, option }: S3Call): readonly (readonly [string, string])[] {
  const names = new Set(
    [...head.headerNames, ...head.query.keys()].map((name) => name.toLowerCase()),
  );
  return [...names].flatMap((name) => {
    if (!name.startsWith(META) || name.length === META.length) return [];
    const value = option(name) ?? "";
    // Of a presigned URL they come from the query, which may hold anything.
    if (!TOKEN.test(name) || !VISIBLE.test(value)) {
      throw s3Error("InvalidArgument", "user metadata cannot be a header");
    }
    return [[name.slice(META.length), value] as const];
  });
}

/** The headers that describe an object in an answer. */
export function describeObject(
  object: StoredObject,
  { head }: S3Call,
  isWhole: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "binary/octet-stream",
    ...object.headers,
    "accept-ranges": "bytes",
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.modifiedMs).toUTCString(),
  };
  const { checksum } = object;
  const wants = head.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  if (checksum && wants && isWhole) {
    headers[checksumHeader(checksum.algorithm)] = checksum.value;
    headers["x-amz-checksum-type"] = checksum.type;
  }
  for (const [parameter, header] of OVERRIDES) {
    const value = head.query.get(parameter);
    if (value === undefined) continue;
    if (!VISIBLE.test(value)) throw s3Error("InvalidArgument", `${parameter} is no header value`);
    headers[header] = value;
  }
  return headers;
}

const PRIVATE = ["private", "bucket-owner-full-control"];
const REFUSED = [
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-object-lock-mode",
  "x-amz-object-lock-legal-hold",
  "x-amz-object-lock-retain-until-date",
  "x-amz-bucket-object-lock-enabled",
  "x-amz-website-redirect-location",
  "x-amz-tagging",
  "x-amz-write-offset-bytes",
  "x-amz-grant-read",
  "x-amz-grant-write",
  "x-amz-grant-full-control",
  "x-amz-mfa",
] as const;

/** Refuses what a header asks for and would not get: silence would be a promise. */
export function checkUnsupported(option: S3Call["option"]): void {
  const acl = option("x-amz-acl");
  if (acl !== undefined && !PRIVATE.includes(acl)) throw s3Error("AccessControlListNotSupported");
  const storage = option("x-amz-storage-class");
  if (storage !== undefined && storage !== "STANDARD") throw s3Error("InvalidStorageClass");
  const refused = REFUSED.find((name) => option(name) !== undefined);
  if (refused !== undefined) throw s3Error("NotImplemented", `${refused} is not offered here`);
}
