import { auditedWorkloads } from "@neurond/audit";
import {
  type Document,
  decodeEntry,
  type LogEntry,
  type Observation,
  readReportShape,
  scoreRun,
} from "@neurond/ledger";
import { CodedError } from "@neurond/primitives";
import { StandingReplay } from "@neurond/storage-rules";
import { z } from "zod";
import type { UsageCode } from "../../failures.ts";
import type { AuditLogResult } from "./log-schema.ts";

/** Whose record, and from how many settled tasks on a miner has a score. */
export interface RecordToReplay {
  readonly url: URL;
  readonly minTasks: number;
}

const PAGE = 500;
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 * 1024 * 1024;
const Page = z.object({ from: z.int().min(0), entries: z.array(z.string()) });
const Head = z.object({ size: z.int().min(0) });

/** A run's documents and observations, as they come. */
interface Gathered {
  readonly documents: Document[];
  readonly seen: { readonly at: number; readonly entry: Observation }[];
}

/**
 * Reads a validator's whole record and computes its standings and its reports again. What a record
 * says is bound by the chain, which `audit run` holds it against; here it is held against itself.
 */
export async function replayRecord(
  { url, minTasks }: RecordToReplay,
  signal: AbortSignal,
): Promise<AuditLogResult> {
  const tally = { source: url.href, selections: 0, rewards: 0, standings: 0, reports: 0 };
  const audited = auditedWorkloads().find(({ workload }) => workload.settlement !== undefined);
  if (audited === undefined) throw new TypeError("no workload has standings");
  const { workload } = audited;
  const standings = new StandingReplay(workload.name);
  const runs = new Map<string, Gathered>();
  const { size } = Head.parse(await getJson(new URL("/v1/log/checkpoint", url), signal));
  for (let from = 0; from < size; ) {
    const page = new URL(`/v1/log/entries?from=${from}&to=${Math.min(size, from + PAGE)}`, url);
    const { entries } = Page.parse(await getJson(page, signal));
    if (entries.length === 0) break;
    for (const [offset, text] of entries.entries()) {
      const entry = decodeEntry(text);
      if (entry === null || (entry.kind !== "document" && entry.kind !== "observation")) continue;
      const found = standings.take(from + offset, light(entry));
      if (found !== null) {
        const { at, fault, field, said, due } = found;
        const mismatch = { at: `entry ${at}`, fault, field, said, due };
        return { ...tally, standings: standings.checked, verdict: "mismatch", mismatch };
      }
      gather(runs, { at: from + offset, entry }, workload.name);
    }
    from += entries.length;
  }
  tally.standings = standings.checked;
  for (const [runId, { documents, seen }] of runs) {
    const report = await reportOf(url, runId, audited.family, signal);
    if (report === null) continue;
    const until = report.checkpoint?.size ?? size;
    const counted = seen.filter(({ at }) => at < until).map(({ entry }) => entry);
    const { scores } = scoreRun(workload, counted, minTasks, documents);
    const due = new Map<string, number>(scores);
    for (const miner of new Set([...Object.keys(report.scores), ...due.keys()])) {
      const said = (report.scores as Readonly<Record<string, number>>)[miner];
      if (said === due.get(miner)) continue;
      const texts = { said: String(said ?? "nothing"), due: String(due.get(miner) ?? "nothing") };
      const mismatch = { at: runId, fault: "SCORES", field: `scores.${miner}`, ...texts };
      return { ...tally, verdict: "mismatch", mismatch };
    }
    tally.reports += 1;
  }
  const isEmpty = tally.standings + tally.reports === 0;
  return { ...tally, verdict: isEmpty ? "empty" : "holds", mismatch: null };
}

type Known = Extract<LogEntry, { readonly kind: "document" | "observation" }>;

/** An entry without what is long in it, and not looked at here. */
function light(entry: Known): Known {
  return entry.kind === "observation" ? { ...entry, task: null, evidence: null } : entry;
}

function gather(
  runs: Map<string, Gathered>,
  { at, entry }: { readonly at: number; readonly entry: Known },
  workload: string,
): void {
  const run = runs.get(entry.run_id) ?? { documents: [], seen: [] };
  runs.set(entry.run_id, run);
  // What was logged after the first answer fixed nothing.
  if (entry.kind === "document" && run.seen.length === 0) run.documents.push(entry);
  if (entry.kind !== "observation" || entry.workload !== workload) return;
  run.seen.push({ at, entry: { ...entry, task: null, evidence: null } });
}

async function reportOf(url: URL, runId: string, family: string, signal: AbortSignal) {
  const path = new URL(`/v1/consensus/scores/${runId}?family_id=${family}`, url);
  const text = await getText(path, signal);
  const shape = text === null ? null : readReportShape(text);
  return shape?.ok === true ? shape.report : null;
}

async function getJson(url: URL, signal: AbortSignal): Promise<unknown> {
  const text = await getText(url, signal);
  try {
    return JSON.parse(text ?? "");
  } catch (cause) {
    const message = `${url.href} did not answer as a validator of ours does`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { url: url.href }, { cause });
  }
}

/** An answer as text; null when it is refused. */
async function getText(url: URL, signal: AbortSignal): Promise<string | null> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const answer = await fetch(url, { signal: within, redirect: "error" });
    const length = Number(answer.headers.get("content-length") ?? 0);
    if (length > MAX_BYTES) throw new RangeError(`${length} bytes are too many`);
    const text = await answer.text();
    return answer.ok ? text : null;
  } catch (cause) {
    signal.throwIfAborted();
    const message = `${url.href} does not answer; check the address`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { url: url.href }, { cause });
  }
}
