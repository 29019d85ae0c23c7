import { rmSync } from "node:fs";
import { INVOCATION_COLUMNS, type InvocationRow, invocationCells } from "@neurond/exports";
import { CsvFile } from "../write/files.ts";

/** Writes rows as an invocations export; its SHA-256 as 64 digits. A file of that name is replaced. */
export function exportRows(path: string, rows: readonly InvocationRow[]): string {
  rmSync(path, { force: true });
  const file = new CsvFile(path, INVOCATION_COLUMNS);
  for (const row of rows) file.write(invocationCells(row));
  return Buffer.from(file.close()).toString("hex");
}
