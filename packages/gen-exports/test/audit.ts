import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  digestOf,
  exportsOf,
  MAX_MINER_REPORT_CHARS,
  parseListing,
  parseRecordedCommitment,
  parseValidatorReport,
  type RecordedCommitment,
} from "@neurond/exports";
import { toHex } from "@neurond/primitives";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** A reorganised commitment is looked for so many blocks around. */
const REACH = 16;

/** The plainest auditor: verdicts of a folder by the documented rules alone. */
export function auditFolder(folder: string): Record<string, string> {
  const file = (path: string) => join(folder, "blobs", path);
  const records = readFileSync(join(folder, "chain/commitments.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map(parseRecordedCommitment);
  const { entries, refused } = parseListing(readFileSync(join(folder, "entries.json"), "utf8"));
  const verdicts: Record<string, string> = {};
  for (const { item } of refused) verdicts[(item as { entry_id: string }).entry_id] = "REFUSED";
  for (const { entry_id, hotkey, block, path } of entries) {
    const bytes = readFileSync(file(path));
    const near = records.filter(
      (record) => record.hotkey === hotkey && Math.abs(record.block - block) <= REACH,
    );
    const csvFine = path.includes("/miner/") || csvDigestsMatch(bytes, file);
    const isTooLong = path.includes("/miner/") && bytes.length > MAX_MINER_REPORT_CHARS;
    verdicts[entry_id] = isTooLong
      ? "QUARANTINED"
      : csvFine
        ? chainVerdict(near, block, sha256(bytes))
        : "MISMATCH";
  }
  return verdicts;
}

function csvDigestsMatch(bytes: Uint8Array, file: (path: string) => string): boolean {
  const report = parseValidatorReport(Buffer.from(bytes).toString());
  return exportsOf(report).every(
    ({ path, sha256: expected }) =>
      existsSync(file(path)) && sha256(readFileSync(file(path))) === expected,
  );
}

function chainVerdict(near: readonly RecordedCommitment[], block: number, digest: string): string {
  const said = (record: RecordedCommitment) => {
    const found = digestOf(record.storage) ?? digestOf(record.body);
    return found === null ? null : toHex(found).slice(2);
  };
  if (near.some((record) => said(record) === digest)) return "VERIFIED";
  const own = near.find((record) => record.block === block);
  if (own === undefined) return "MISSING";
  return said(own) === null ? "UNVERIFIABLE" : "MISMATCH";
}
