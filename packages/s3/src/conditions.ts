import { s3Error } from "./errors.ts";

/** What conditions are held against. */
export interface Validators {
  readonly etag: string;
  readonly modifiedMs: number;
}

/** The conditional headers of a read, or of the source of a copy. */
export interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

/**
 * Whether a read goes on, in the order of RFC 9110 section 13.2.2: "unmodified" answers 304.
 * @throws CodedError PreconditionFailed
 */
export function checkConditions(conditions: Conditions, object: Validators): "go" | "unmodified" {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const modified = Math.floor(object.modifiedMs / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!names(ifMatch, object.etag))
      throw s3Error("PreconditionFailed", undefined, failed("If-Match"));
  } else if (isBefore(ifUnmodifiedSince, modified)) {
    throw s3Error("PreconditionFailed", undefined, failed("If-Unmodified-Since"));
  }
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, object.etag) ? "unmodified" : "go";
  const since = ifModifiedSince === undefined ? Number.NaN : Date.parse(ifModifiedSince);
  return modified <= since ? "unmodified" : "go";
}

const failed = (condition: string) => ({ Condition: condition });

/** An unreadable date is no condition. */
const isBefore = (date: string | undefined, modified: number) =>
  date !== undefined && modified > Date.parse(date);

/** Whether a list of ETags names this one, or any. */
function names(list: string, etag: string): boolean {
  const named = list.split(",").map((one) => bareEtag(one.trim()));
  return named.some((one) => one === "*" || one === etag);
}

/** An ETag without its quotes. */
export function bareEtag(text: string): string {
  return text.replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
}
