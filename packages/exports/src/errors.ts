import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. They accuse a file or an answer, never our own state. */
export const EXPORTS_ERRORS = {
  CSV_MALFORMED: {
    cause:
      "an export is no CSV: a quote is open at its end, or a row has another number of columns",
    remedy: "fetch the file again; if its digest is right, the validator published a broken export",
  },
  CSV_TOO_LARGE: {
    cause: "a field, a row or the number of columns of an export exceeds the reader's limit",
    remedy: "look at the row which the message names; raise the limit only if it is genuine",
  },
  ROW_INVALID: {
    cause: "a column that a row cannot do without is absent, empty or of another kind",
    remedy: "look at the column and row which the message names; quarantine the export",
  },
  REPORT_INVALID: {
    cause: "a report or listing is not JSON of the documented shape, or larger than allowed",
    remedy: "quarantine the entry; its digest still says whether the reporter committed to it",
  },
  PATH_INVALID: {
    cause: "a path cannot be built: its time is not a whole hour or its block no integer",
    remedy: "give hours aligned to the clock and block numbers that are not negative",
  },
  TREE_INVALID: {
    cause: "rows do not form a tree: an id is there twice, or is no id",
    remedy: "export every invocation once, with its id",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type ExportsCode = keyof typeof EXPORTS_ERRORS;

/** A coded error of this package. */
export function exportsError(
  code: ExportsCode,
  message: string,
  context: Readonly<Record<string, unknown>> = {},
): CodedError<ExportsCode> {
  return new CodedError(code, message, context);
}
