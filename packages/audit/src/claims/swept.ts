import { attachBodies, decodeEntry, isEntryOf } from "@neurond/ledger";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { EntryList, InventoryTree } from "@neurond/workload-storage";
import {
  IndexRanges,
  indicesOf,
  isPeriodSigned,
  isVerdictSigned,
  judgeSweep,
  type Period,
  periodOfSweep,
  RevealRecord,
  SweepEvidence,
  SweepTask,
} from "@neurond/workload-storage/sweep";
import { z } from "zod";
import { Head, openHead } from "../heads.ts";
import { ProvenEntry } from "../segment.ts";
import type { Judge } from "./claim.ts";
import { type Accused, asserted, type CheckClaim, malformed, notProven, proven } from "./claim.ts";
import { openLocked, TimelockFalse } from "./timelock-false.ts";

const bodies = z.array(z.tuple([z.string(), z.string().regex(/^0x(?:[0-9a-f]{2})*$/)])).max(64);

/** A recorded sweep, the list of its inventory, and the secret that the validator revealed. */
export const ForgedSweep = z.strictObject({
  head: Head,
  entry: ProvenEntry,
  bodies,
  /** One of the two: said by the validator, or locked by it until it was due. */
  reveal: z.exactOptional(RevealRecord),
  unlocked: z.exactOptional(TimelockFalse),
  /** The entries of the inventory, one after the other. */
  entries: z.string().regex(/^0x(?:[0-9a-f]{2})*$/),
});

/** A recorded sweep, and what is wrong with it that only a whole log shows. */
const RecordedSweep = z.strictObject({ head: Head, entry: ProvenEntry, bodies });
export const AnswerLate = RecordedSweep.extend({
  anchored_block: z.int().min(0).nullable(),
  revealed_block: z.int().min(0),
});
export const GrantMisstated = RecordedSweep.extend({ due: IndexRanges });

/** Judges the sweep with the revealed secret, and compares with what the validator signed. */
const checkForged =
  (claimed: 0 | 1): CheckClaim =>
  (claim, accused, judge) => {
    const parsed = ForgedSweep.safeParse(claim);
    if (!parsed.success) return malformed("not the evidence of a forged sweep");
    const read = readSweep(parsed.data, accused, judge);
    if (typeof read === "string") return notProven(read);
    const { task, evidence, facts } = read;
    if (evidence === null) return notProven("nothing was answered");
    const { entries } = parsed.data;
    const shown = secretOf(parsed.data, periodOfSweep(task), accused, judge);
    if (typeof shown === "string") return notProven(shown);
    const holdings = holdingsOf(entries as Hex, task);
    if (holdings === null) return notProven("the list is none");
    const options = { verifySignature: judge.verify };
    const opened = { ...evidence, period_secret: toHex(shown.secret) };
    const { outcome } = judgeSweep(task, opened, holdings, options);
    if (evidence.verdict !== claimed || !isVerdictSigned(task, evidence, judge.verify)) {
      return notProven("the validator did not sign that verdict");
    }
    const isRefuted = outcome.kind === (claimed === 1 ? "failed" : "passed");
    return isRefuted
      ? proven(facts, shown.chain)
      : notProven("the verdict holds, or cannot be judged");
  };

/** The secret of a period, as its validator said or locked it; a text when neither is shown. */
function secretOf(
  { reveal, unlocked }: z.infer<typeof ForgedSweep>,
  period: Period,
  accused: Accused,
  judge: Judge,
): { readonly secret: Uint8Array; readonly chain: readonly string[] } | string {
  const isThat = (record: { readonly period: number; readonly blocks: number }) =>
    record.period === period.period && record.blocks === period.blocks;
  if (reveal === undefined) {
    if (unlocked === undefined || !isThat(unlocked.timelock)) return "no secret is shown";
    const opened = openLocked(unlocked, accused, judge);
    if (typeof opened === "string") return opened;
    return opened.kind === "secret" ? opened : "what was locked is not the secret";
  }
  const secret = fromHex(reveal.secret);
  const said = { kind: "reveal", period, secret } as const;
  const isSigned = isThat(reveal) && isPeriodSigned(said, fromHex(reveal.signature), judge.verify);
  return isSigned ? { secret, chain: [] } : "the validator did not reveal this for the period";
}

export const checkForgedAccept = checkForged(1);
export const checkForgedReject = checkForged(0);

/** That the sweep is recorded is proven; which anchors there are only the chain says. */
export const checkAnswerLate: CheckClaim = (claim, accused, judge) => {
  const parsed = AnswerLate.safeParse(claim);
  if (!parsed.success) return malformed("not a late answer");
  const read = readSweep(parsed.data, accused, judge);
  if (typeof read === "string") return notProven(read);
  const { anchored_block, revealed_block } = parsed.data;
  const isLate = anchored_block === null || anchored_block >= revealed_block;
  return isLate ? asserted(read.facts) : notProven("the answer came before the secret");
};

/** What the task asks for is proven; which grants the log has, only the whole log shows. */
export const checkGrantMisstated: CheckClaim = (claim, accused, judge) => {
  const parsed = GrantMisstated.safeParse(claim);
  if (!parsed.success) return malformed("not misstated grants");
  const read = readSweep(parsed.data, accused, judge);
  if (typeof read === "string") return notProven(read);
  const same = JSON.stringify(read.task.granted) === JSON.stringify(parsed.data.due);
  return same ? notProven("the task asks for what is due") : asserted(read.facts);
};

function readSweep(
  { head, entry, bodies: given }: z.infer<typeof RecordedSweep>,
  accused: Accused,
  { verify }: Judge,
) {
  const binding = openHead(head, accused, verify);
  const seen = binding !== null && isEntryOf(binding.head, entry) ? decodeEntry(entry.text) : null;
  if (binding === null || seen?.kind !== "observation" || seen.validator !== accused.validator) {
    return "the head does not hold the observation";
  }
  const byHash = new Map(given.map(([hash, bytes]) => [hash, fromHex(bytes as Hex)]));
  const asked = attachBodies(seen.task, (hash) => byHash.get(hash));
  const answered = attachBodies(seen.evidence, (hash) => byHash.get(hash));
  if (!asked.ok || !answered.ok) return "a body is missing or altered";
  const task = SweepTask.safeParse(asked.value).data;
  if (task === undefined || task.miner !== accused.miner) return "no sweep of the miner";
  const evidence = SweepEvidence.safeParse(answered.value).data ?? null;
  return { task, evidence, facts: binding.facts };
}

function holdingsOf(entries: Hex, task: SweepTask) {
  try {
    const inventory = new InventoryTree(EntryList.decode(fromHex(entries)));
    const granted = indicesOf(task.granted, inventory.entries.length);
    return granted === null ? null : { inventory, granted };
  } catch {
    // A claim is anybody's bytes.
    return null;
  }
}
