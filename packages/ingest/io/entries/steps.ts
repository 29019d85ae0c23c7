import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { CsvTable } from "@neurond/exports";
import {
  type AuditState,
  type ExportSource,
  type FirstMethod,
  hasReached,
  type Problem,
  type Retries,
  type TrackedEntry,
  type TreeMode,
  type Verification,
  type VerifyPolicy,
  type Witness,
} from "@neurond/ingest";
import { loadEntry, type Warehouse } from "@neurond/warehouse";
import { examineTree } from "../continuity/examine-tree.ts";
import type { TreeReader } from "../continuity/tree-reader.ts";
import { REACH, verifyClaim } from "../witness/verify.ts";
import { entryContent } from "./entry-content.ts";
import { EntryFault } from "./entry-fault.ts";
import {
  exportsIn,
  isThere,
  type ReadReport,
  readBytes,
  readReport,
  summaryOf,
} from "./read-report.ts";

/** Limits of what one entry may bring, in bytes. */
export interface EntryLimits {
  readonly validatorReport: number;
  readonly minerReport: number;
  readonly csv: number;
}

const MIB = 1 << 20;
export const ENTRY_LIMITS: EntryLimits = {
  validatorReport: 64 * MIB,
  minerReport: 8 * MIB,
  csv: 4_096 * MIB,
};

/** What entries are brought forward with. */
export interface AdvanceDeps {
  readonly state: Pick<AuditState, "save">;
  readonly source: ExportSource<AbortSignal>;
  readonly witness: Witness<AbortSignal>;
  readonly warehouse: Warehouse;
  /** Where files are on their way into the window. */
  readonly directory: string;
  readonly limits: EntryLimits;
  readonly first: FirstMethod;
  readonly policy: VerifyPolicy;
  readonly retries: Retries;
  readonly tree: TreeMode;
  readonly trees: Pick<TreeReader, "read">;
  readonly now: () => number;
}

/** Does the next step of an entry: the entry as it is then. @throws EntryFault, and what faultOf knows */
export async function step(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  switch (entry.step) {
    case "LISTED":
      return await fetchReport(deps, entry, signal);
    case "FETCHED":
      return await fetchExports(deps, entry, signal);
    case "HASHED":
      return await askChain(deps, entry, signal);
    default:
      return await load(deps, entry, signal);
  }
}

async function fetchReport(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  const { limits } = deps;
  const maxBytes = entry.reporter === "miner" ? limits.minerReport : limits.validatorReport;
  const wanted = { kind: "report", path: entry.path, maxBytes } as const;
  const { sha256 } = await deps.source.fetch(wanted, fileOf(deps, entry, "report.json"), signal);
  return reached(entry, "FETCHED", { reportSha256: sha256 });
}

async function fetchExports(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  const read = await reportOf(deps, entry);
  if (read === null) return restarted(entry);
  for (const { table, path, sha256 } of exportsIn(read)) {
    const wanted = { kind: "csv", path, maxBytes: deps.limits.csv } as const;
    const file = fileOf(deps, entry, `${table}.csv`);
    const fetched = await deps.source.fetch(wanted, file, signal);
    if (fetched.sha256 === sha256) continue;
    throw new EntryFault("CSV_MISMATCH", `${path} has not the digest that the report commits to`);
  }
  return reached(entry, "HASHED", summaryOf(read));
}

async function askChain(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  const verification = await verified(deps, entry, signal);
  const { status } = verification;
  const asked = { ...entry, verification };
  const isMiner = entry.reporter === "miner" && status !== "RPC_ERROR";
  const isAccepted =
    status === "VERIFIED" ||
    (status !== "MISMATCH" && isMiner) ||
    (status === "UNVERIFIABLE" && deps.policy === "accept_unverifiable");
  if (isAccepted) return reached(asked, "CHAIN_VERIFIED", {});
  // Kept before the fault is: the chain's word is worth having whatever comes of the entry.
  await deps.state.save(asked);
  throw new EntryFault(PROBLEM_OF[status], wordsOf(verification, entry));
}

const PROBLEM_OF = {
  MISMATCH: "DIGEST_MISMATCH",
  MISSING: "COMMITMENT_MISSING",
  UNVERIFIABLE: "UNVERIFIABLE",
  RPC_ERROR: "CHAIN_UNREACHABLE",
} as const satisfies Record<Exclude<Verification["status"], "VERIFIED">, Problem>;

/** The chain's word on an entry's digest. @throws EntryFault NOT_FINAL, CHAIN_UNREACHABLE */
export async function verified(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  signal: AbortSignal,
): Promise<Verification> {
  const { witness, first, now } = deps;
  const { hotkey, block, reportSha256 } = entry;
  const finalized = await witness.finalized(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new EntryFault("CHAIN_UNREACHABLE", "the chain does not answer", { cause: error });
  });
  if (block > finalized) {
    throw new EntryFault("NOT_FINAL", `block ${block} is not final: the chain is at ${finalized}`);
  }
  const claim = { hotkey, block, digest: reportSha256 ?? "" };
  return await verifyClaim(
    witness,
    claim,
    { first, reach: REACH, finalized, nowMs: now() },
    signal,
  );
}

async function load(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  const read = await reportOf(deps, entry);
  const tables = read === null ? [] : exportsIn(read).map(({ table }) => table);
  const files = tables.map((table) => fileOf(deps, entry, `${table}.csv`));
  const there = await Promise.all(files.map(isThere));
  if (read === null || there.includes(false)) return restarted(entry);
  const csvOf = (table: CsvTable) => fileOf(deps, entry, `${table}.csv`);
  const content = entryContent(entry, read, csvOf, deps.limits.csv);
  // The window takes them in on threads of its own; meanwhile they are read once more.
  const loading = loadEntry(deps.warehouse, content, signal);
  await both(loading, examineTree(deps, entry, read, signal));
  // The window has them now; the report stays as evidence as long as the entry does.
  for (const file of files) await rm(file, { force: true });
  return reached(entry, "LOADED", {});
}

/** Waits for two things, and for the second also when the first fails; the first failure counts. */
async function both(first: Promise<unknown>, second: Promise<unknown>): Promise<void> {
  const failed = (await Promise.allSettled([first, second])).find(
    ({ status }) => status === "rejected",
  );
  if (failed?.status === "rejected") throw failed.reason;
}

/** The report on disk; null when it is gone, or no longer the bytes that were fetched. */
async function reportOf(deps: AdvanceDeps, entry: TrackedEntry): Promise<ReadReport | null> {
  const file = fileOf(deps, entry, "report.json");
  if (!(await isThere(file))) return null;
  const { bytes, sha256 } = await readBytes(file);
  return sha256 === entry.reportSha256 ? readReport(entry, bytes.toString("utf8")) : null;
}

/** A step that was done; failures of earlier ones no longer count, unless the file was fetched anew because of them. */
function reached(
  entry: TrackedEntry,
  to: TrackedEntry["step"],
  change: Partial<TrackedEntry>,
): TrackedEntry {
  const isAgain = !hasReached({ step: to }, "CHAIN_VERIFIED");
  const cleared = isAgain ? {} : { problem: null, detail: null, failures: 0 };
  return { ...entry, ...change, ...cleared, step: to, nextTryMs: 0 };
}

function restarted(entry: TrackedEntry): TrackedEntry {
  return { ...entry, step: "LISTED", reportSha256: null };
}

/** Where a file of an entry is on its way; ids are uuids that were recomputed, names are ours. */
function fileOf(deps: AdvanceDeps, entry: TrackedEntry, name: string): string {
  return join(deps.directory, entry.entryId, name);
}

/** Removes the files of an entry. */
export async function discard(
  { directory }: Pick<AdvanceDeps, "directory">,
  { entryId }: Pick<TrackedEntry, "entryId">,
): Promise<void> {
  await rm(join(directory, entryId), { recursive: true, force: true });
}

function wordsOf({ status, committed, foundBlock }: Verification, entry: TrackedEntry): string {
  const { block, reportSha256 } = entry;
  if (status === "MISMATCH")
    return `block ${foundBlock} has the digest ${committed}, the report ${reportSha256}`;
  if (status === "MISSING") return `no commitment in block ${block}, nor nearby`;
  if (status === "UNVERIFIABLE") return `no node keeps block ${block} any more`;
  return `no node answered about block ${block}`;
}
