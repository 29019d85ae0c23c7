import { CodedError } from "@neurond/primitives";
import type { LedgerCode } from "./errors.ts";

/** The file a report is archived in, `<run>__<family>.json`; nothing in it can leave the directory. */
export function archiveName(runId: string, familyId: string): string {
  return `${checked(runId, "run")}__${checked(familyId, "family")}.json`;
}

function checked(part: string, what: string): string {
  if (/^[A-Za-z0-9._-]+$/.test(part) && part !== "." && part !== "..") return part;
  throw new CodedError<LedgerCode>(
    "ARCHIVE_NAME_INVALID",
    `${what} of ${part.length} characters cannot be part of a file name: use A-Z a-z 0-9 . _ -`,
    { part },
  );
}
