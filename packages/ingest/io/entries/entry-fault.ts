import type { Problem } from "@neurond/ingest";
import { CodedError } from "@neurond/primitives";

/** What keeps one entry from going on; caught where its next try is decided. */
export class EntryFault extends Error {
  override readonly name = "EntryFault";
  readonly problem: Problem;

  constructor(problem: Problem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** Errors of others by what they mean to an entry; what is not here is nobody's entry's fault. */
const MEANINGS: Readonly<Record<string, Problem>> = {
  SOURCE_UNREACHABLE: "FETCH_FAILED",
  SOURCE_REFUSED: "FETCH_FAILED",
  ADDRESS_PRIVATE: "FETCH_FAILED",
  HOST_UNRESOLVED: "FETCH_FAILED",
  SOURCE_MISSING: "FILE_MISSING",
  BODY_TOO_LARGE: "TOO_LARGE",
  BODY_TOO_SLOW: "TOO_SLOW",
  REPORT_INVALID: "REPORT_INVALID",
  CSV_MALFORMED: "CSV_INVALID",
  CSV_TOO_LARGE: "CSV_INVALID",
  COLUMN_MISSING: "CSV_INVALID",
  ENTRY_INVALID: "CSV_INVALID",
  ENTRY_CONFLICT: "CSV_INVALID",
  CSV_UNREADABLE: "FETCH_FAILED",
  DIGEST_MISMATCH: "CSV_MISMATCH",
  WAREHOUSE_DISK_FULL: "DISK_FULL",
};

/** What an error means to the entry it came up with; null when it is none of its doing. */
export function faultOf(error: unknown): EntryFault | null {
  if (error instanceof EntryFault) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new EntryFault("DISK_FULL", "the disk is full", { cause: error });
  }
  const problem = error instanceof CodedError ? MEANINGS[code] : undefined;
  if (problem === undefined || !(error instanceof Error)) return null;
  return new EntryFault(problem, error.message, { cause: error });
}
