import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. Most become the reason for which one entry is put aside. */
export const INGEST_ERRORS = {
  SOURCE_UNREACHABLE: {
    cause: "a validator's API could not be reached, broke off, or answered that it is busy",
    remedy: "none: it is asked again; check the url of the validator if it lasts",
  },
  SOURCE_MISSING: {
    cause: "a validator's API lists a file that it does not have (404 or 410)",
    remedy: "none: it is asked again for some hours; the hour is a hole until then",
  },
  SOURCE_REFUSED: {
    cause: "a validator's API refused the request, or leads elsewhere",
    remedy: "check the url of the validator: it must be the API itself, without redirects",
  },
  BODY_TOO_LARGE: {
    cause: "an answer is larger than such an answer may be",
    remedy: "raise the limit only if the validator is known to be that busy",
  },
  BODY_TOO_SLOW: {
    cause: "an answer comes in slower than the least rate, or takes longer than its deadline",
    remedy: "none: it is asked again; a validator that stays so is not audited",
  },
  FEED_INVALID: {
    cause: "what a validator's API says beside its exports has another shape",
    remedy: "none: scores are computed without it where they can be, and the finding says so",
  },
  FOLDER_INVALID: {
    cause: "a folder of exports lacks a file without which it cannot be audited",
    remedy: "give a folder with entries.json, blobs/ and chain/, as gen-exports writes it",
  },
  NOTHING_TO_SCORE: {
    cause: "no verified hour is loaded, so there is no moment to score",
    remedy: "see the verdicts on entries; wait for the first verified hour",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type IngestCode = keyof typeof INGEST_ERRORS;

/** A coded error of this package. */
export function ingestError(
  code: IngestCode,
  message: string,
  context: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CodedError<IngestCode> {
  return new CodedError(code, message, context, cause === undefined ? {} : { cause });
}
