import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { publicKeyOf } from "@neurond/primitives";
import { failed, type Outcome, passed, unknown } from "@neurond/workload";
import { challengeSeed } from "../challenge.ts";
import type { RecordReason } from "../errors.ts";
import { bytesOf } from "../fields.ts";
import { faultOfRecord } from "../record-fault.ts";
import { responseHash, verdictDigest } from "../transcript.ts";
import { decodeSweepAnswer } from "./answer.ts";
import { minerKey } from "./keys.ts";
import type { KeystreamAt } from "./keystream.ts";
import { checkReveal } from "./period-records.ts";
import {
  listOfSweep,
  periodOfSweep,
  type SweepEvidence,
  type SweepHoldings,
  type SweepTask,
  sweepChallengeOf,
} from "./task.ts";
import { verifySweep } from "./verify.ts";

/**
 * What a sweep came to, and on whose word. `claimed`: the period's secret is not out, and the outcome
 * is what its validator signed. `recomputed`: anybody derives the same.
 */
export interface SweepJudgement {
  readonly basis: "claimed" | "recomputed";
  readonly outcome: Outcome;
  /** Inventory indices that were asked for and not conceded; empty unless recomputed. */
  readonly present: readonly number[];
}

export interface SweepJudgeOptions {
  readonly verifySignature?: Verify;
  readonly stream?: KeystreamAt;
}

/**
 * Judges a recorded sweep. With the period's secret in the evidence, holdings are needed to know what
 * was asked; without it, the validator's signed verdict is all there is.
 */
export function judgeSweep(
  task: SweepTask,
  evidence: SweepEvidence,
  holdings: SweepHoldings | null,
  options: SweepJudgeOptions = {},
): SweepJudgement {
  const { verifySignature = verifySr25519Fast } = options;
  const revealed = evidence.period_secret;
  const basis = revealed === undefined ? "claimed" : "recomputed";
  const undecided = (reason: RecordReason): SweepJudgement => ({
    basis,
    outcome: unknown(reason),
    present: [],
  });
  const challenge = sweepChallengeOf(task);
  const seed = challengeSeed(challenge);
  const answer = bytesOf(evidence.answer);
  const derived = { beacon: challenge.beacon, seed, answer };
  const fault = faultOfRecord(task, evidence, derived, verifySignature);
  if (fault !== null) return undecided(fault);
  if (revealed === undefined) {
    if (!isVerdictSigned(task, evidence, verifySignature)) return undecided("SIGNATURE");
    return { basis, outcome: claimedOutcome(evidence), present: [] };
  }
  const secret = bytesOf(revealed);
  const wrong = checkReveal(periodOfSweep(task), bytesOf(task.commitment), secret);
  if (wrong !== null) return undecided(wrong);
  const list = holdings && listOfSweep(task, seed, holdings);
  if (holdings === null || list === null) return undecided("INVENTORY_MISSING");
  const { entries } = holdings.inventory;
  const key = minerKey(secret, task.miner);
  const { stream } = options;
  const reason = verifySweep({ seed, list, entries, answer }, key, stream && { stream });
  const absent = absentOf(answer, list);
  const present = list.filter((index) => !absent.has(index));
  if (reason !== null) return { basis, outcome: failed(reason), present };
  return { basis, outcome: absent.size > 0 ? failed("SHARD_CONCEDED") : passed(), present };
}

/** Whether the validator signed the verdict that the evidence claims. */
export function isVerdictSigned(task: SweepTask, evidence: SweepEvidence, verify: Verify): boolean {
  const challenge = challengeSeed(sweepChallengeOf(task));
  const digest = verdictDigest({
    challenge,
    response: responseHash(challenge, bytesOf(evidence.answer)),
    verdict: evidence.verdict,
    sentMs: evidence.sent_ms,
    receivedMs: evidence.received_ms,
  });
  return verify(publicKeyOf(task.validator), digest, bytesOf(evidence.verdict_signature));
}

function claimedOutcome({ verdict }: SweepEvidence): Outcome {
  if (verdict === 2) return unknown("CLAIMED");
  return verdict === 1 ? passed() : failed("CLAIMED");
}

function absentOf(answer: Uint8Array, list: readonly number[]): ReadonlySet<number> {
  const decoded = decodeSweepAnswer(answer, list);
  return new Set(typeof decoded === "string" ? [] : decoded.absent);
}
