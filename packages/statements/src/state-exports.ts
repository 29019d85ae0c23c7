import { BASE_BONUS_RULES, COMPUTE_UNIT_RULES, FEATURE_RULES, paramsAt } from "@neurond/incentive";
import {
  type Agreement,
  type Finding,
  type ScoreRun,
  type TrackedEntry,
  verdictOf,
} from "@neurond/ingest";
import { type Signer, signBody } from "@neurond/ledger";
import { hotkeyOf, type Netuid } from "@neurond/primitives";
import { DOMAIN, Statement } from "./statement.ts";

/** What one audit came to. */
export interface StatedAudit {
  readonly netuid: Netuid;
  readonly run: ScoreRun;
  readonly entries: readonly TrackedEntry[];
  readonly findings: readonly Finding[];
  readonly software: { readonly name: string; readonly version: string };
}

/** The newest statement of the same auditor; null before the first. */
export type Predecessor = { readonly sequence: number; readonly digest: string } | null;

const MAX_ENTRIES = 1_000;
const MAX_CRITICAL = 500;

/** Writes an audit down and signs it, as the next of the auditor's chain. Pure. */
export function stateExports(
  { netuid, run, entries, findings, software }: StatedAudit,
  { previous, madeMs, signer }: { previous: Predecessor; madeMs: number; signer: Signer },
): Statement {
  const own = entries.filter(({ reporter }) => reporter === "validator").slice(-MAX_ENTRIES);
  const miners = entries.filter(({ reporter }) => reporter === "miner");
  const critical = findings.filter(({ severity }) => severity === "critical");
  const body = {
    v: 1 as const,
    auditor: hotkeyOf(signer.publicKey),
    netuid,
    sequence: previous === null ? 0 : previous.sequence + 1,
    previous: previous === null ? null : previous.digest,
    made_ms: madeMs,
    software: { name: software.name, version: software.version },
    validator: run.source,
    as_of: run.asOf,
    profile: run.profile,
    formula: `${run.profile}/1`,
    parameters: exact(parametersOf(run)),
    inputs: run.inputs,
    inputs_root: run.inputsRoot,
    block: run.block,
    verified_hours: run.hours,
    complete: run.isComplete,
    reconciled: run.reconciled,
    scored_ms: run.createdMs,
    entries: own.map((entry) => ({
      entry_id: entry.entryId,
      block: entry.block,
      start: entry.startTime,
      end: entry.endTime,
      digest: entry.reportSha256,
      verdict: verdictOf(entry),
      method: entry.verification?.method ?? null,
    })),
    miner_verdicts: counted(miners.map(verdictOf)),
    scores: run.rows.map((row) => ({
      hotkey: row.hotkey,
      uid: row.uid,
      score: String(row.score),
      share: String(row.share),
      actual: String(row.actual),
      weight: row.weight === null ? null : String(row.weight),
      published: row.published === null ? null : String(row.published),
    })),
    metagraph: agreement(run.metagraph),
    weights: run.weights && agreement(run.weights),
    published: run.published && agreement(run.published),
    critical: critical.slice(0, MAX_CRITICAL).map(({ kind, subject, entryId, detail }) => ({
      kind,
      // What a stranger wrote may hold half of a surrogate pair, which has no UTF-8.
      subject: subject.slice(0, 512).toWellFormed(),
      entry_id: entryId,
      detail: detail.slice(0, 1_000).toWellFormed(),
    })),
    findings: counted(findings.map(({ kind }) => kind)),
  };
  return Statement.parse(signBody(DOMAIN, body, signer));
}

/** The parameters in force at the moment scored. */
function parametersOf({ profile, asOf }: ScoreRun): unknown {
  switch (profile) {
    case "features":
      return paramsAt(FEATURE_RULES, asOf);
    case "base_bonus":
      return paramsAt(BASE_BONUS_RULES, asOf);
    case "compute_units":
      return paramsAt(COMPUTE_UNIT_RULES, asOf);
  }
}

/** JSON knows no integers beyond 2^53: they become text. */
function exact(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exact(item)]));
}

function agreement({ l1, maxDelta, agrees }: Agreement) {
  return { l1: String(l1), max_delta: String(maxDelta), agrees };
}

function counted(words: readonly string[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(words, (word) => word);
  return Object.fromEntries([...groups].map(([word, all]) => [word, all.length]));
}
