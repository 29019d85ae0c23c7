import {
  AnchorBlocks,
  type AuditTools,
  auditStoragePeriod,
  type Finding,
  type NamedPeriod,
  type PlacedEntry,
  type RunTimes,
  readStorageLog,
  type StorageLog,
  tokenFindings,
  type ValidatorFacts,
  WindowedLog,
} from "@neurond/audit";
import { axonUrl, type Chain } from "@neurond/chain";
import { bodiesOf, type HeadText, parseLogCommitment } from "@neurond/ledger";
import { type BlockNumber, type Hotkey, isCoded, type Netuid } from "@neurond/primitives";
import { DOCUMENT } from "@neurond/workload-storage";
import { SweepTask } from "@neurond/workload-storage/sweep";
import type { HandedIn } from "./bad-tag-directory.ts";
import type { Manners } from "./fetch-facts.ts";
import { mapLimited } from "./limited.ts";
import type { LogIndexes } from "./log-indexes.ts";
import { nameOfPeriod, periodsDue } from "./periods-due.ts";
import { readRound } from "./read-round.ts";
import { ValidatorClient } from "./validator-client.ts";

/** Names of judged periods that are kept: those that may still fall due are few. */
const MAX_JUDGED = 256;

/** What periods are audited with. */
export interface PeriodsRequest {
  readonly chain: Chain;
  readonly netuid: Netuid;
  readonly tools: AuditTools;
  readonly manners: Manners;
  readonly run: RunTimes;
  readonly finalized: BlockNumber;
  readonly validators: readonly ValidatorFacts[];
  /** What is known of logs from earlier audits. */
  readonly logs: LogIndexes;
  /** Proofs of wrong tags that wait to be looked at. */
  readonly badTags: readonly HandedIn[];
}

/** What was found, and which proofs were looked at. */
export interface AuditedPeriods {
  readonly findings: readonly Finding[];
  readonly seen: readonly string[];
}

/**
 * Audits the periods whose secrets a run revealed, and those that it should have: every sweep again,
 * from log and archive. The log is followed window by window and not held, however long it is.
 */
export async function auditPeriods(
  request: PeriodsRequest,
  signal: AbortSignal,
): Promise<AuditedPeriods> {
  const due: { readonly about: ValidatorFacts; readonly periods: readonly NamedPeriod[] }[] = [];
  for (const about of request.validators) {
    const suspect = handedIn(request, about.hotkey).map(({ proof }) => proof.period);
    const judged = new Set((await request.logs.read(about.hotkey))?.judged);
    const periods = periodsDue(about, { ...request, suspect, judged });
    if (periods.length > 0 || hasTokens(about)) due.push({ about, periods });
  }
  if (due.length === 0) return { findings: [], seen: [] };
  const { chain, netuid, manners } = request;
  const { byHotkey } = await chain.metagraph({ netuid }, { signal });
  const findings: Finding[] = [];
  const seen: string[] = [];
  for (const { about, periods } of due) {
    const url = axonUrl(byHotkey.get(about.hotkey)?.axon, manners.allowPrivate);
    if (url === null) continue;
    const client = new ValidatorClient(url, manners.http, signal);
    const own = await auditValidator(request, about, periods, client, signal);
    if (own === null) continue;
    findings.push(...own);
    seen.push(...handedIn(request, about.hotkey).map(({ file }) => file));
  }
  return { findings, seen };
}

const handedIn = ({ badTags }: PeriodsRequest, validator: Hotkey): readonly HandedIn[] =>
  badTags.filter(({ proof }) => proof.grant.grant.validator === validator);

/** Whether a run asked tokens: none may be one that any run asked before. */
const hasTokens = ({ log }: ValidatorFacts): boolean =>
  (log.segment?.texts ?? []).some((text) => text.includes("seed_commit"));

/** Null when the log was not to be had as it is anchored. */
async function auditValidator(
  request: PeriodsRequest,
  about: ValidatorFacts,
  periods: readonly NamedPeriod[],
  client: ValidatorClient,
  signal: AbortSignal,
): Promise<readonly Finding[] | null> {
  const { netuid, tools, manners, run, finalized, logs } = request;
  const { hotkey: validator } = about;
  const anchors = about.commitments.filter(({ block }) => block <= finalized);
  const fact = anchors.findLast(({ payload }) => parseLogCommitment(payload) !== null);
  const head = fact && parseLogCommitment(fact.payload);
  if (!fact || !head) return null;
  try {
    const open = await followLog(request, validator, head, client);
    if (open === null) return null;
    const entries: PlacedEntry[] = [];
    for await (const placed of open.about(periods)) {
      entries.push(placed);
      await tools.breathe?.();
    }
    const bodies = await fetchNamed(client, entries, validator, periods, manners, signal);
    const bodyOf = (hash: string) => bodies.get(hash);
    const log = readStorageLog(entries, validator, bodyOf);
    const blocks = await AnchorBlocks.of(open, anchors);
    const prove = (index: number) => open.prove(index);
    const source = { run, head: { kind: "anchor" as const, fact }, prove };
    const badTags = handedIn(request, validator).map(({ proof }) => proof);
    const findings: Finding[] = [];
    for (const due of periods) {
      await tools.breathe?.();
      const locked = roundOf(log, due);
      const round =
        locked === null ? null : await readRound(request.chain, locked, manners, signal);
      const facts = { netuid, validator, ...due, now: finalized, log, bodyOf, round };
      const { findings: own } = await auditStoragePeriod(
        { ...facts, anchors: blocks, badTags },
        source,
        tools.verify,
      );
      findings.push(...own);
    }
    findings.push(...(await tokenFindings(open, source, about)));
    const isSaid = (due: NamedPeriod) =>
      log.reveals.some(({ value }) => value.period === due.period && value.blocks === due.blocks);
    const before = (await logs.read(validator))?.judged ?? [];
    const judged = [...new Set([...before, ...periods.filter(isSaid).map(nameOfPeriod)])];
    await logs.write(validator, { index: open.index, judged: judged.slice(-MAX_JUDGED) });
    return findings;
  } catch (error) {
    if (!isCoded(error, "LOG_WITHDRAWN")) throw error;
    return null;
  }
}

/** The round until which a period's secret is locked; null where none is. */
function roundOf({ timelocks }: StorageLog, { period, blocks }: NamedPeriod): number | null {
  const found = timelocks.find(({ value }) => value.period === period && value.blocks === blocks);
  return found?.value.round ?? null;
}

/** The log as its newest anchor has it, going on from what is known of it; null when it is another. */
async function followLog(
  { tools, manners, logs }: PeriodsRequest,
  validator: Hotkey,
  head: HeadText,
  client: ValidatorClient,
): Promise<WindowedLog | null> {
  const read = async (from: number, to: number) => {
    const found = await client.entries(from, to, manners.maxLogBytes);
    return "reason" in found ? null : found.texts;
  };
  const { blocks } = tools.rules.text;
  const known = (await logs.read(validator))?.index ?? null;
  const open = await WindowedLog.follow(known, head.size, blocks, read);
  if ((await open.rootAt(head.size)) === head.root) return open;
  // A log that its validator began anew is another one. What was served instead of an anchored log is
  // a finding of the run's own audit.
  const anew = known && (await WindowedLog.follow(null, head.size, blocks, read));
  return anew && (await anew.rootAt(head.size)) === head.root ? anew : null;
}

/** The lists of inventories and the answers to sweeps that the periods are about. */
async function fetchNamed(
  client: ValidatorClient,
  entries: readonly PlacedEntry[],
  validator: Hotkey,
  periods: readonly NamedPeriod[],
  { bodies: limits }: Manners,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const named = new Set<string>();
  const runs = new Set<string>();
  const inventories: { readonly runId: string; readonly hashes: readonly string[] }[] = [];
  for (const { entry } of entries) {
    if (entry === null || entry.validator !== validator) continue;
    if (entry.kind === "document" && entry.type === DOCUMENT.inventory) {
      inventories.push({ runId: entry.run_id, hashes: bodiesOf(entry.body) });
    }
    if (entry.kind !== "observation") continue;
    const { data: task } = SweepTask.safeParse(entry.task);
    const isDue = (due: NamedPeriod) =>
      task !== undefined &&
      task.period_blocks === due.blocks &&
      Math.floor(task.beacon.block / due.blocks) === due.period;
    if (!periods.some(isDue)) continue;
    runs.add(entry.run_id);
    for (const hash of bodiesOf(entry.evidence)) named.add(hash);
  }
  for (const { runId, hashes } of inventories) {
    if (runs.has(runId)) for (const hash of hashes) named.add(hash);
  }
  const bodies = new Map<string, Uint8Array>();
  let total = 0;
  await mapLimited([...named], limits.atOnce, signal, async (hash) => {
    if (total >= limits.maxTotalBytes) return;
    const body = await client.body(hash, limits.maxBodyBytes);
    if (body === null) return;
    total += body.length;
    bodies.set(hash, body);
  });
  return bodies;
}
