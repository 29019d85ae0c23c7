import type { Verify } from "@neurond/crypto";
import { bodiesOf, decodeEntry, type Json } from "@neurond/ledger";
import { type Hotkey, type RunId, toHex } from "@neurond/primitives";
import { recordSignedReceipt } from "@neurond/workload-storage";
import { grantedIndices, rangesOf, revealDue } from "@neurond/workload-storage/sweep";
import { findingOf } from "../context.ts";
import { contradictionsIn, twoPlansIn } from "../contradictions.ts";
import type { Finding, FindingCode } from "../finding.ts";
import type { Head } from "../heads.ts";
import type { RunTimes } from "../run-times.ts";
import type { ProvenEntry } from "../segment.ts";
import { contradictionText, planClaim } from "../tell-contradiction.ts";
import {
  type InventoryFault,
  type JudgedPeriod,
  type JudgedSweep,
  judgePeriod,
  type PeriodFacts,
} from "./audit-period.ts";
import type { Placed } from "./storage-log.ts";

/** Where the records of a period stand, and in which run its audit fell due. */
export interface PeriodSource {
  readonly run: Pick<RunTimes, "id">;
  /** The whole log, as an anchor on chain has it. */
  readonly head: Head;
  /** An entry of the log under that head. */
  readonly prove: (index: number) => Promise<ProvenEntry>;
}

/** Audits a period that was revealed, or should have been, and says what is wrong with it. */
export async function auditStoragePeriod(
  facts: PeriodFacts,
  source: PeriodSource,
  verify: Verify,
): Promise<{ readonly judged: JudgedPeriod; readonly findings: readonly Finding[] }> {
  const judged = judgePeriod(facts, verify);
  const findings: Finding[] = [];
  const told = new Set<string>();
  const tell = (code: FindingCode, text: string, claim: object, miner: Hotkey | null = null) => {
    // One of a kind about each miner says all that is needed; the rest is in the log.
    if (told.has(`${code} ${miner}`)) return;
    told.add(`${code} ${miner}`);
    const about = { run: source.run, about: { hotkey: facts.validator } };
    findings.push(findingOf(about, code, text, claim, miner));
  };
  tellKey(facts, judged, tell);
  if (judged.unlocked?.isTrue === false) {
    const text = `locked something else than the secret of period ${facts.period}`;
    tell("TIMELOCK_FALSE", text, unlockedClaim(facts, judged));
  }
  const unlocked = judged.unlocked?.isTrue ? unlockedClaim(facts, judged) : undefined;
  for (const sweep of judged.sweeps) await tellSweep(facts, source, { ...sweep, unlocked }, tell);
  for (const fault of judged.inventories) await tellInventory(facts, source, fault, tell);
  for (const proof of judged.badTags) {
    const commitment = facts.log.commitments.find(({ value }) => isOfPeriod(facts, value))?.value;
    const text = `handed out wrong tags of a shard for period ${facts.period}`;
    tell("BAD_TAG", text, { commitment, proof }, proof.grant.grant.miner);
  }
  for (const { signer, a, b } of contradictionsIn(facts.log, facts, facts.bodyOf, verify)) {
    tell(...contradictionText({ signer, a, b }, facts.validator));
  }
  for (const [a, b] of twoPlansIn(facts.log)) {
    tell("STORAGE_EQUIVOCATION", "logged two plans of one run", await planClaim(source, a, b));
  }
  return { judged, findings };
}

const isOfPeriod = (
  { period, blocks }: PeriodFacts,
  record: { readonly period: number; readonly blocks: number },
) => record.period === period && record.blocks === blocks;

/** What opens the secret that was locked, or shows that it is none. */
function unlockedClaim({ log, round, ...facts }: PeriodFacts, { unlocked }: JudgedPeriod) {
  return {
    commitment: log.commitments.find(({ value }) => isOfPeriod({ ...facts, log }, value))?.value,
    timelock: unlocked?.record,
    beacon_key: round && toHex(round.beaconKey),
    round_signature: round && toHex(round.signature),
  };
}

type Tell = (code: FindingCode, text: string, claim: object, miner?: Hotkey | null) => void;

function tellKey({ log, period, blocks, now }: PeriodFacts, judged: JudgedPeriod, tell: Tell) {
  const of = <V extends { readonly period: number; readonly blocks: number }>(
    list: readonly Placed<V>[],
  ) => list.find(({ value }) => value.period === period && value.blocks === blocks)?.value;
  const [commitment, reveal] = [of(log.commitments), of(log.reveals)];
  if (judged.finding === "KEY_WRONG") {
    tell("KEY_WRONG", `period ${period} was revealed with another secret than committed to`, {
      commitment,
      reveal,
    });
  }
  if (judged.finding === "KEY_WITHHELD") {
    const text = `the secret of period ${period} is not in the log at block ${now}`;
    tell("KEY_WITHHELD", text, { commitment, block: now });
  }
}

async function tellSweep(
  facts: PeriodFacts,
  source: PeriodSource,
  {
    index,
    task,
    audit,
    isGranted,
    unlocked,
  }: JudgedSweep & { readonly unlocked?: object | undefined },
  tell: Tell,
): Promise<void> {
  const { log, anchors } = facts;
  const { miner, slot, run } = task;
  const reveal = log.reveals.find(
    ({ value }) => value.period === facts.period && value.blocks === facts.blocks,
  );
  const where = `slot ${slot} of run ${run}`;
  const recorded = async () => ({
    head: source.head,
    ...(await provenSweep(facts, source, index)),
  });
  if (!isGranted) {
    const due = dueRanges(facts, index, miner);
    const text = `asked ${miner} in ${where} for other shards than its grants cover`;
    tell("GRANT_MISSTATED", text, { ...(await recorded()), due }, miner);
  }
  switch (audit.finding) {
    case "FORGED_ACCEPT":
    case "FORGED_REJECT": {
      const entries = entriesOf(facts, index, miner);
      const secret = reveal === undefined ? { unlocked } : { reveal: reveal.value };
      const claim = { ...(await recorded()), ...secret, entries };
      const said = audit.finding === "FORGED_ACCEPT" ? "passed" : "failed";
      const text = `signed that ${miner} ${said} the sweep in ${where}; it ${audit.outcome.kind}`;
      tell(audit.finding, text, claim, miner);
      break;
    }
    case "ANSWER_LATE": {
      const anchored_block = anchors.blockOf(index);
      const revealed_block =
        reveal === undefined
          ? revealDue(facts.period, facts.blocks)
          : (anchors.blockOf(reveal.index) ?? facts.now);
      const text = `the answer of ${miner} in ${where} was anchored after the secret`;
      const claim = { ...(await recorded()), anchored_block, revealed_block };
      tell(audit.finding, text, claim, miner);
      break;
    }
    case "BAD_TAG":
    case null:
  }
}

async function tellInventory(
  facts: PeriodFacts,
  source: PeriodSource,
  { inventory, reason, shardId }: InventoryFault,
  tell: Tell,
): Promise<void> {
  const { index, value } = inventory;
  const entry = await source.prove(index);
  const logged = decodeEntry(entry.text);
  const bodies = namedBodies(facts, logged?.kind === "document" ? logged.body : null);
  const claim = { head: source.head, entry, bodies };
  const { miner, runId } = value;
  if (reason === "RECEIPT_MISSING") {
    const text = `the inventory of ${miner} in ${runId} lists a shard without a receipt`;
    tell(reason, text, { ...claim, shard_id: shardId }, miner);
    return;
  }
  const receipt = facts.log.receipts.find(
    (each) => toHex(each.value.receipt.shardId) === shardId && each.value.receipt.miner === miner,
  );
  if (receipt === undefined) return;
  const text = `the inventory of ${miner} in ${runId} leaves out a shard that both signed for`;
  tell(reason, text, { ...claim, receipt: recordSignedReceipt(receipt.value) }, miner);
}

async function provenSweep(facts: PeriodFacts, { prove }: PeriodSource, index: number) {
  const observation = facts.log.observations.find((each) => each.index === index)?.value;
  const parts = observation === undefined ? [] : [observation.task, observation.evidence];
  return {
    entry: await prove(index),
    bodies: parts.flatMap((part) => namedBodies(facts, part)),
  };
}

function namedBodies({ bodyOf }: PeriodFacts, record: Json) {
  return bodiesOf(record).flatMap((hash) => {
    const body = bodyOf(hash);
    return body === undefined ? [] : [[hash, toHex(body)] as const];
  });
}

/** The inventory that an observation's run had of its miner. */
function inventoryAt({ log }: PeriodFacts, index: number, miner: Hotkey) {
  const runId: RunId | undefined = log.observations.find((each) => each.index === index)?.value
    .run_id;
  return log.inventories.find(({ value }) => value.runId === runId && value.miner === miner)?.value;
}

function entriesOf(facts: PeriodFacts, index: number, miner: Hotkey): string {
  return toHex(inventoryAt(facts, index, miner)?.entries?.bytes ?? new Uint8Array(0));
}

function dueRanges(facts: PeriodFacts, index: number, miner: Hotkey) {
  const entries = inventoryAt(facts, index, miner)?.entries ?? [];
  const grants = facts.log.grants
    .filter((grant) => grant.index < index && grant.value.grant.miner === miner)
    .map(({ value }) => value.grant);
  return rangesOf(grantedIndices(entries, grants, facts.period));
}
