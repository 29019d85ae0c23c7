import { rm, stat } from "node:fs/promises";
import { moveWhole } from "@neurond/files";
import { CodedError, isCoded } from "@neurond/primitives";
import { number, textOrNull } from "./cells.ts";
import { type CsvFile, type StagedCsv, stageCsv } from "./csv-file.ts";
import { explained, warehouseError } from "./errors.ts";
import { type Converted, convertInvocations } from "./invocations-csv.ts";
import { appendHistory, appendInstances, appendMinerMetrics } from "./report-rows.ts";
import { makeRoomToLoad } from "./room-to-load.ts";
import {
  type EntryHeader,
  type HistoryRow,
  type InstanceRow,
  isUuid,
  type MinerMetricRow,
} from "./rows.ts";
import { insertJobs, insertReports } from "./side-tables.ts";
import { invocationsFile, type Warehouse } from "./warehouse.ts";

/** All that belongs to one entry; what is absent is empty. */
export interface EntryContent {
  readonly entry: EntryHeader;
  readonly invocations?: CsvFile;
  readonly reports?: CsvFile;
  readonly jobs?: CsvFile;
  readonly instances?: Iterable<InstanceRow>;
  readonly history?: Iterable<HistoryRow>;
  readonly minerMetrics?: Iterable<MinerMetricRow>;
}

/** What loading an entry came to. */
export interface Loaded {
  /** `known`: it was loaded before, from the same bytes; nothing changed. */
  readonly outcome: "loaded" | "known";
  readonly invocationRows: number;
  readonly unreadMetrics: number;
}

/**
 * Loads an entry: all of it or, whatever happens, nothing. Digests are checked before anything is kept.
 * In which order entries arrive makes no difference to any figure.
 */
export async function loadEntry(
  warehouse: Warehouse,
  content: EntryContent,
  signal?: AbortSignal,
): Promise<Loaded> {
  checkHeader(content.entry);
  await using files = new AsyncDisposableStack();
  const { engine } = warehouse;
  try {
    const known = await engine.exclusive(() => findKnown(warehouse, content), signal);
    if (known !== null) return known;
    // Outside of a turn: entries are hashed and converted while another is written down.
    const staged = await stageAll(warehouse, content, files, signal);
    const converted = staged.invocations
      ? await convertInvocations(warehouse, staged.invocations, signal)
      : null;
    if (converted) files.defer(() => rm(converted.path, { force: true }));
    return await engine.exclusive(
      () => load(warehouse, content, staged, converted, signal),
      signal,
    );
  } catch (error) {
    if (!isCoded(error)) throw error;
    const { entryId } = content.entry;
    throw new CodedError(
      error.code,
      `entry ${entryId}: ${error.message}`,
      { entryId, ...error.context },
      { cause: error },
    );
  }
}

async function load(
  warehouse: Warehouse,
  content: EntryContent,
  staged: Parts<StagedCsv>,
  converted: Converted | null,
  signal?: AbortSignal,
): Promise<Loaded> {
  const known = await findKnown(warehouse, content);
  if (known !== null) return known;
  if (converted !== null) {
    const { size } = await stat(converted.path);
    await makeRoomToLoad(warehouse, size, signal);
  }
  await register(warehouse, content, staged, converted);
  const { rows = 0, unreadMetrics = 0 } = converted ?? {};
  return { outcome: "loaded", invocationRows: rows, unreadMetrics };
}

type Part = "invocations" | "reports" | "jobs";
type Parts<T> = Partial<Record<Part, T>>;
const PARTS: readonly Part[] = ["invocations", "reports", "jobs"];

function checkHeader({ entryId, startTime, endTime, block }: EntryHeader): void {
  const isSound =
    isUuid(entryId) &&
    [startTime, endTime, block].every(Number.isSafeInteger) &&
    startTime < endTime;
  if (!isSound) throw warehouseError("ENTRY_INVALID", `${entryId.slice(0, 64)} is no entry`);
}

/** What to answer when the entry is loaded already, else null. */
async function findKnown({ engine }: Warehouse, content: EntryContent): Promise<Loaded | null> {
  const { entryId } = content.entry;
  const [known] = await engine.rows(
    `SELECT invocations_sha256, reports_sha256, jobs_sha256, coalesce(invocation_rows, 0) AS rows
     FROM entries WHERE entry_id = $entryId`,
    { entryId },
  );
  if (known === undefined) return null;
  for (const part of PARTS) {
    const [given, stored] = [content[part]?.sha256, textOrNull(known, `${part}_sha256`)];
    if (given === undefined || given === stored) continue;
    throw warehouseError("ENTRY_CONFLICT", `${entryId} is loaded with other ${part}: ${stored}`, {
      entryId,
      part,
    });
  }
  return { outcome: "known", invocationRows: number(known, "rows"), unreadMetrics: 0 };
}

async function stageAll(
  { paths }: Warehouse,
  content: EntryContent,
  files: AsyncDisposableStack,
  signal?: AbortSignal,
): Promise<Parts<StagedCsv>> {
  const staged: Parts<StagedCsv> = {};
  for (const part of PARTS) {
    const file = content[part];
    if (file) staged[part] = files.use(await stageCsv(file, paths.temporary, signal));
  }
  return staged;
}

async function register(
  warehouse: Warehouse,
  content: EntryContent,
  staged: Parts<StagedCsv>,
  converted: Converted | null,
): Promise<void> {
  const { engine } = warehouse;
  const { entry } = content;
  const file = invocationsFile(warehouse, entry.entryId);
  await using undo = new AsyncDisposableStack();
  if (converted !== null) {
    undo.defer(() => rm(file, { force: true }));
    await moveInto(converted.path, file);
  }
  await engine.transaction(async () => {
    const [numbered] = await engine.rows("SELECT nextval('entry_numbers') AS seq");
    if (numbered === undefined) throw new TypeError("a sequence has no row");
    const seq = number(numbered, "seq");
    await engine.append("entries", [
      [
        seq,
        entry.entryId,
        entry.kind,
        entry.hotkey,
        BigInt(entry.block),
        BigInt(entry.startTime),
        BigInt(entry.endTime),
        staged.invocations?.digest ?? null,
        staged.reports?.digest ?? null,
        staged.jobs?.digest ?? null,
        converted === null ? null : BigInt(converted.rows),
        false,
      ],
    ]);
    if (staged.reports) await insertReports(engine, staged.reports, seq);
    if (staged.jobs) await insertJobs(engine, staged.jobs, seq);
    await appendInstances(engine, seq, content.instances ?? []);
    await appendHistory(engine, seq, content.history ?? []);
    await appendMinerMetrics(engine, seq, content.minerMetrics ?? []);
    for (const csv of Object.values(staged)) await csv.assertUnchanged();
  });
  undo.move();
  if (converted !== null) await warehouse.files.cameHere(entry.entryId);
}

/** A file without its entry is removed when the warehouse opens; the entry is written after the file. */
async function moveInto(from: string, to: string): Promise<void> {
  try {
    await moveWhole(from, to);
  } catch (error) {
    throw explained(error, "WAREHOUSE_DIRECTORY_UNUSABLE", `${to} cannot be written`);
  }
}
