import { blobError } from "./errors.ts";

const NAME = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/;
const PREFIX = /^(?:[a-z0-9][a-z0-9._-]*(?:\/|$))*$/;
const MOST_CHARS = 512;

/** Whether a text may name a blob: such names are safe as paths, on disks that ignore case too, and in URLs. */
export function isBlobName(text: string): boolean {
  return text.length <= MOST_CHARS && NAME.test(text);
}

/** The name itself. @throws CodedError BLOB_NAME_INVALID */
export function checkName(name: string): string {
  if (isBlobName(name)) return name;
  throw invalid(name);
}

/** The beginning of names, which may end anywhere. @throws CodedError BLOB_NAME_INVALID */
export function checkPrefix(prefix: string): string {
  if (prefix.length <= MOST_CHARS && PREFIX.test(prefix)) return prefix;
  throw invalid(prefix);
}

const invalid = (text: string) =>
  blobError(
    "BLOB_NAME_INVALID",
    `${JSON.stringify(text.slice(0, 64))} cannot be the name of a blob`,
  );
