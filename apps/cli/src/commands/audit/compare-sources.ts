import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Contradiction,
  contradictionText,
  evidenceName,
  FINDINGS,
  gatherStatements,
  StatementIndex,
  sealEvidence,
  statementsOfEntry,
  validatorOf,
} from "@neurond/audit";
import { DEFAULT_LIMITS, ValidatorClient } from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";
import { bodiesOf, decodeEntry, isJson } from "@neurond/ledger";
import { CodedError, toNetuid, toRunId } from "@neurond/primitives";
import type { StatementRecord } from "@neurond/workload-storage";
import type { z } from "zod";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { AuditEquivocationShape } from "./equivocation-schema.ts";

type Result = z.infer<typeof AuditEquivocationShape>;

const PAGE = 256;
const PAGE_BYTES = 8 * 1_048_576;
const BODY_BYTES = 20 * 1_048_576;

/** Reads all sources and compares what is signed in them. */
export async function compareSources(call: Call): Promise<Result> {
  const index = new StatementIndex(verifySr25519Fast);
  const seenIn = new Map<StatementRecord, string>();
  const found: Result["found"] = [];
  let statements = 0;
  for (const source of call.args) {
    const read = /^https?:\/\//.test(source) ? inLog(source, call.signal) : inFile(call, source);
    for await (const record of read) {
      statements += 1;
      const contradiction = index.add(record);
      seenIn.set(record, source);
      if (contradiction !== null) found.push(await told(call, contradiction, seenIn));
    }
  }
  const verdict = statements === 0 ? "empty" : found.length === 0 ? "none" : "found";
  return { verdict, statements, found };
}

async function* inLog(source: string, signal: AbortSignal): AsyncGenerator<StatementRecord> {
  const client = new ValidatorClient(source, DEFAULT_LIMITS, signal);
  const size = await client.size();
  if (size === null) throw unreadable(source, "serves no log");
  for (let from = 0; from < size; ) {
    const page = await client.entries(from, Math.min(size, from + PAGE), PAGE_BYTES);
    if ("reason" in page) throw unreadable(source, `stops at entry ${from}: ${page.reason}`);
    from += page.texts.length;
    for (const text of page.texts) {
      const entry = decodeEntry(text);
      if (entry === null) continue;
      const bodies = new Map<string, Uint8Array>();
      for (const hash of entry.kind === "observation" ? bodiesOf(entry.evidence) : []) {
        const body = await client.body(hash, BODY_BYTES);
        if (body !== null) bodies.set(hash, body);
      }
      yield* statementsOfEntry(entry, (hash) => bodies.get(hash));
    }
  }
}

async function* inFile(call: Call, source: string): AsyncGenerator<StatementRecord> {
  const text = new TextDecoder().decode(await readInput(call, source));
  const whole = parseJson(text);
  // Several lines are no JSON in one; each of them is looked at as a text, which entries are.
  yield* gatherStatements(whole ?? text.split("\n").map((line) => parseJson(line) ?? line));
}

async function told(
  call: Call,
  contradiction: Contradiction,
  seenIn: ReadonlyMap<StatementRecord, string>,
): Promise<Result["found"][number]> {
  const { a, b, signer } = contradiction;
  const validator = validatorOf(a);
  const [code, summary, claim, miner] = contradictionText(contradiction, validator);
  const sources = [...new Set([a, b].flatMap((each) => seenIn.get(each) ?? []))];
  const told = { kind: a.kind, signer, validator, miner, sources };
  const out = call.given("out");
  const plain: unknown = JSON.parse(JSON.stringify(claim));
  if (out === undefined || !isJson(plain)) return { ...told, file: null };
  const { severity } = FINDINGS[code];
  const { netuid, run } = placeOf(a);
  const runId = toRunId(`run-${run}`);
  const evidence = sealEvidence(
    { code, severity, runId, validator, miner, summary, claim: plain },
    { netuid: toNetuid(netuid), foundMs: Date.now(), auditor: null },
  );
  await mkdir(out, { recursive: true });
  const file = join(out, `${evidenceName(evidence)}-${a.kind}.json`);
  await writeFile(file, JSON.stringify(evidence));
  return { ...told, file };
}

/** The subnet and the run a statement is about; run 0 for one about periods. */
function placeOf(record: StatementRecord): { readonly netuid: number; readonly run: number } {
  switch (record.kind) {
    case "commitment":
    case "reveal":
      return { netuid: record.said.netuid, run: 0 };
    case "grant":
      return { netuid: record.said.grant.netuid, run: 0 };
    case "inventory":
      return record.said;
    case "challenge":
    case "answer":
    case "verdict":
      return record.said.challenge;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unreadable = (source: string, why: string) =>
  new CodedError<UsageCode>("INPUT_INVALID", `${source} ${why}`, { source });
