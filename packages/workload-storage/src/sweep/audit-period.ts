import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import type { Hotkey } from "@neurond/primitives";
import { toHex } from "@neurond/primitives";
import { OFFLINE, type Outcome, unknown } from "@neurond/workload";
import { PERIOD_BLOCKS } from "../challenge.ts";
import { compareBytes } from "../entry.ts";
import type { RecordReason } from "../errors.ts";
import { bytesOf } from "../fields.ts";
import { isVerdictSigned, judgeSweep, type SweepJudgeOptions } from "./judge.ts";
import type { Period } from "./keys.ts";
import { checkReveal } from "./period-records.ts";
import type { SweepEvidence, SweepHoldings, SweepTask } from "./task.ts";

/** One sweep of a period, from log and archive. */
export interface SweepRecord {
  readonly task: SweepTask;
  /** Null when no signed answer came. */
  readonly evidence: SweepEvidence | null;
  /** The block whose finalised state first holds the answer's hash; null while none does. */
  readonly anchoredBlock: number | null;
  /** Null when the archive does not have them. */
  readonly holdings: SweepHoldings | null;
}

/** Everything the log says about one period of one validator. */
export interface PeriodRecords {
  readonly period: Period;
  /** The last finalised block. */
  readonly now: number;
  readonly commitment: { readonly value: Uint8Array; readonly anchoredBlock: number } | null;
  readonly reveal: { readonly secret: Uint8Array; readonly block: number } | null;
  /** The block at which the validator logged that the secret got out. */
  readonly burnedBlock: number | null;
  /** Shards for which `verifyBadTag` found a bad tag. */
  readonly badTags: readonly { readonly miner: Hotkey; readonly shardId: Uint8Array }[];
  readonly sweeps: readonly SweepRecord[];
}

/** What a period's reveal makes of one sweep. */
export interface SweepAudit {
  readonly basis: "claimed" | "recomputed";
  readonly outcome: Outcome;
  /** What the validator did wrong, or why the answer is void. */
  readonly finding: "FORGED_ACCEPT" | "FORGED_REJECT" | "ANSWER_LATE" | "BAD_TAG" | null;
}

/** What became of a period. */
export interface PeriodAudit {
  /** What is wrong with the period as a whole; then all its sweeps are `unknown`. */
  readonly finding: "KEY_WRONG" | "KEY_WITHHELD" | "PLAN_UNANCHORED" | null;
  /** In the order of the records. */
  readonly sweeps: readonly SweepAudit[];
}

/** The block from which a period's secret may be revealed: a tenth of a period after its end. */
export function revealOpens(period: number, blocks: number = PERIOD_BLOCKS): number {
  return blocks * (period + 1) + Math.floor(blocks / 10);
}

/** The block from which a secret that is not revealed counts as withheld. */
export function revealDue(period: number, blocks: number = PERIOD_BLOCKS): number {
  return blocks * (period + 2);
}

/** The block up to which proofs of bad tags are accepted. */
export function badTagsDue(period: number, blocks: number = PERIOD_BLOCKS): number {
  return blocks * (period + 9);
}

/**
 * Judges all sweeps of a period again, from records alone: without data, without a network. Before
 * the reveal outcomes are claims; afterwards whoever repeats this comes to the same.
 */
export function auditSweepPeriod(
  records: PeriodRecords,
  options: SweepJudgeOptions = {},
): PeriodAudit {
  const finding = findingOf(records);
  if (finding !== null) {
    return { finding, sweeps: records.sweeps.map((sweep) => voided(sweep, finding)) };
  }
  return { finding, sweeps: records.sweeps.map((sweep) => auditSweep(sweep, records, options)) };
}

function findingOf({ period, now, commitment, reveal }: PeriodRecords): PeriodAudit["finding"] {
  // A commitment made in its period could be chosen after the answers.
  const { period: number, blocks = PERIOD_BLOCKS } = period;
  if (commitment === null || commitment.anchoredBlock >= blocks * number) return "PLAN_UNANCHORED";
  if (reveal === null) return now >= revealDue(number, blocks) ? "KEY_WITHHELD" : null;
  return checkReveal(period, commitment.value, reveal.secret);
}

function auditSweep(
  record: SweepRecord,
  records: PeriodRecords,
  options: SweepJudgeOptions,
): SweepAudit {
  const { task, evidence, anchoredBlock, holdings } = record;
  const { commitment, reveal, burnedBlock } = records;
  const isBefore = (block: number) => anchoredBlock !== null && anchoredBlock < block;
  if (burnedBlock !== null && !isBefore(burnedBlock)) return voided(record, "KEY_BURNED");
  if (evidence === null) return { basis: "claimed", outcome: OFFLINE, finding: null };
  if (commitment && compareBytes(bytesOf(task.commitment), commitment.value) !== 0) {
    return voided(record, "KEY_WRONG");
  }
  const { period_secret: _, ...claimed } = evidence;
  if (reveal === null) {
    const { basis, outcome } = judgeSweep(task, claimed, holdings, options);
    return { basis, outcome, finding: null };
  }
  if (!isBefore(reveal.block)) return { ...voided(record, "ANSWER_LATE"), finding: "ANSWER_LATE" };
  const opened = { ...claimed, period_secret: toHex(reveal.secret) };
  const { basis, outcome, present } = judgeSweep(task, opened, holdings, options);
  const isFramed = outcome.kind === "failed" && outcome.reason === "MAC_MISMATCH";
  if (isFramed && holdings !== null && hasBadTag(task, present, holdings, records)) {
    return { basis, outcome: unknown("BAD_TAG"), finding: "BAD_TAG" };
  }
  const { verifySignature = verifySr25519Fast } = options;
  return { basis, outcome, finding: forgeryOf(task, evidence, outcome, verifySignature) };
}

/** A claim that the records refute, when the validator signed it. */
function forgeryOf(
  task: SweepTask,
  evidence: SweepEvidence,
  outcome: Outcome,
  verify: Verify,
): "FORGED_ACCEPT" | "FORGED_REJECT" | null {
  if (evidence.verdict === 2 || !isVerdictSigned(task, evidence, verify)) return null;
  if (evidence.verdict === 1) return outcome.kind === "failed" ? "FORGED_ACCEPT" : null;
  return outcome.kind === "passed" ? "FORGED_REJECT" : null;
}

function hasBadTag(
  task: SweepTask,
  present: readonly number[],
  { inventory }: SweepHoldings,
  { badTags }: PeriodRecords,
): boolean {
  const bad = badTags.filter(({ miner }) => miner === task.miner);
  return present.some((index) => {
    const entry = inventory.entries.at(index);
    return entry && bad.some(({ shardId }) => compareBytes(shardId, entry.shardId) === 0);
  });
}

function voided({ evidence }: SweepRecord, reason: RecordReason): SweepAudit {
  const outcome = evidence === null ? OFFLINE : unknown(reason);
  return { basis: "recomputed", outcome, finding: null };
}
