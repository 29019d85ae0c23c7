import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeOnce } from "@neurond/files";
import { archiveName, type SignedReport } from "@neurond/ledger";
import { CodedError, canonicalJson } from "@neurond/primitives";
import type { ValidatorCode } from "./errors.ts";

/** Signed reports as files, for people and for backups; the database is what the validator reads. */
export interface Archive {
  /** Writes the report once. @throws CodedError ARCHIVE_CONFLICT when another one is there */
  keep(report: SignedReport): Promise<void>;
}

/** An archive in a directory. A file appears whole or not at all, and is never written over. */
export async function openArchive(directory: string): Promise<Archive> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return {
    async keep(report) {
      const path = join(directory, archiveName(report.run_id, report.family_id));
      const text = canonicalJson(report);
      if (await writeOnce(path, text)) return;
      if ((await readFile(path, "utf8")) === text) return;
      throw new CodedError<ValidatorCode>(
        "ARCHIVE_CONFLICT",
        `${path} holds another report of the run; move it away and find out who wrote it`,
        { path },
      );
    },
  };
}
