import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseListing } from "@neurond/exports";
import type { World } from "../world.ts";

/** A report as JSON, with the parts that these tests tamper with. */
export interface ReportJson {
  csv_exports: Record<string, { path: string; sha256: string }>;
  neurond?: {
    sequence: number;
    previous_sha256: string | null;
    invocation_tree: { root: string; size: number };
    statement?: unknown;
  };
}

interface Recorded {
  block: number;
  hotkey: string;
  body: { fields: Record<string, unknown>[] };
  storage: { info: { fields: Record<string, unknown>[] } };
}

/** The validator's own lines of the listing, oldest first. */
export function ownEntries({ folder, validator }: World) {
  const { entries } = parseListing(readFileSync(join(folder, "entries.json"), "utf8"));
  return entries
    .filter(({ hotkey }) => hotkey === validator)
    .toSorted((a, b) => a.end_time - b.end_time);
}

/** Bytes of a report and their digest. */
export function reportOf(world: World, hour: number) {
  const entry = ownEntries(world)[hour];
  if (entry === undefined) throw new Error(`the data set has no hour ${hour}`);
  const file = join(world.folder, "blobs", entry.path);
  const text = readFileSync(file, "utf8");
  return { entry, file, json: JSON.parse(text) as ReportJson, sha256: sha256(text) };
}

/** Changes a report and commits to the new one, as a validator does that tells another story. */
export function rewrite(world: World, hour: number, change: (json: ReportJson) => void): string {
  const { entry, file, json } = reportOf(world, hour);
  change(json);
  const text = JSON.stringify(json);
  writeFileSync(file, text);
  const digest = sha256(text);
  recommit(world, entry.block, (fields) => [{ Sha256: `0x${digest}` }, ...fields.slice(1)]);
  return digest;
}

/** Changes a file of invocations, and the report with it. */
export function rewriteRows(world: World, hour: number, change: (csv: string) => string): void {
  rewrite(world, hour, ({ csv_exports: { invocations } }) => {
    if (invocations === undefined) throw new Error("the report names no invocations");
    const file = join(world.folder, "blobs", invocations.path);
    const text = change(readFileSync(file, "utf8"));
    writeFileSync(file, text);
    invocations.sha256 = sha256(text);
  });
}

/** Changes the fields of a recorded commitment. */
export function recommit(
  { folder, validator }: World,
  block: number,
  change: (fields: Record<string, unknown>[]) => Record<string, unknown>[],
): void {
  const file = join(folder, "chain/commitments.jsonl");
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const changed = lines.map((line) => {
    const record = JSON.parse(line) as Recorded;
    if (record.block !== block || record.hotkey !== validator) return line;
    record.body.fields = change(record.body.fields);
    record.storage.info.fields = change(record.storage.info.fields);
    return JSON.stringify(record);
  });
  writeFileSync(file, changed.join("\n"));
}

/** Takes an hour out of the listing. */
export function unlist(world: World, hour: number): void {
  const { entry_id } = reportOf(world, hour).entry;
  const file = join(world.folder, "entries.json");
  const entries = JSON.parse(readFileSync(file, "utf8")) as { entry_id: string }[];
  writeFileSync(file, JSON.stringify(entries.filter((one) => one.entry_id !== entry_id)));
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
