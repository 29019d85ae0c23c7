import { join } from "node:path";
import { type Continuity, parseValidatorReport } from "@neurond/exports";
import type { TrackedEntry } from "@neurond/ingest";
import { readBytes } from "../entries/read-report.ts";

/**
 * What an entry's report says under `neurond`, null for nothing; its tables were read when it was loaded.
 * Undefined: the report is no longer kept, or not as it was fetched.
 */
export async function keptClaims(
  directory: string,
  { entryId, reportSha256 }: TrackedEntry,
): Promise<Continuity | null | undefined> {
  const file = join(directory, entryId, "report.json");
  const read = await readBytes(file).catch(() => null);
  if (read === null || read.sha256 !== reportSha256) return undefined;
  const { neurond }: { readonly neurond?: unknown } = JSON.parse(read.bytes.toString("utf8"));
  return parseValidatorReport(JSON.stringify({ neurond })).neurond;
}
