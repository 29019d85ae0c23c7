import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { type Micro, toMicro } from "@neurond/primitives";
import {
  EVIDENCE_MALFORMED,
  failed,
  isSettled,
  meanScore,
  type Outcome,
  passed,
  unknown,
  type Workload,
} from "@neurond/workload";
import { sha256 } from "@noble/hashes/sha2.js";
import { modeOf, StorageEvidence, StorageTask } from "./any-task.ts";
import type { StorageCatalog } from "./catalog.ts";
import { challengeSeed } from "./challenge.ts";
import { drawTasks } from "./draw-tasks.ts";
import type { AnswerReason } from "./errors.ts";
import { bytesOf } from "./fields.ts";
import { judgeOpening } from "./opening/judge.ts";
import { samplePositions } from "./positions.ts";
import { faultOfRecord } from "./record-fault.ts";
import { SAMPLE_SLOT, type StoragePlan } from "./slot-plan.ts";
import type { Sha256 } from "./sum-node.ts";
import { judgeSweep } from "./sweep/judge.ts";
import { challengeOf, inventoryOfTask, type SampleEvidence, type SampleTask } from "./task.ts";
import { judgeToken } from "./token/judge.ts";
import { verifyAnswer } from "./verify-answer.ts";

/** One challenge of 20 leaves, and no sweep: those need a period's commitment. */
export const DEFAULT_PLAN: StoragePlan = { slots: [SAMPLE_SLOT], period: null };

export interface StorageWorkloadOptions {
  readonly catalog: StorageCatalog;
  readonly plan?: StoragePlan;
  readonly verifySignature?: Verify;
  /** The runtime's own SHA-256, for speed. */
  readonly hash?: Sha256;
}

/**
 * Storage, proved in every mode the plan has slots of. A wrong answer the miner signed is `failed`.
 * Whatever only the validator vouches for (beacon, times, signatures that do not hold) is `unknown`: a
 * record anybody could have made up proves nothing against the miner. Of a sweep, the outcome is what
 * its validator signed, until the period's secret is out and `auditSweepPeriod` says more. A miner's
 * run counts in full when every settled slot passed, and else not at all.
 */
export function storageWorkload(
  options: StorageWorkloadOptions,
): Workload<StorageTask, StorageEvidence> {
  const { catalog, plan = DEFAULT_PLAN, hash = sha256 } = options;
  const verifySignature = options.verifySignature ?? verifySr25519Fast;
  return {
    name: "storage/1",
    task: StorageTask,
    evidence: StorageEvidence,
    sample: (run) => drawTasks(run, catalog, plan),
    verify: (task, evidence) => judge(task, evidence, verifySignature, hash),
    score: everySlot,
  };
}

/** Passing one mode must not make up for failing another. */
function everySlot(outcomes: readonly Outcome[]): Micro {
  const hasFailed = outcomes.some((each) => isSettled(each) && each.kind !== "passed");
  return hasFailed ? toMicro(0) : meanScore(outcomes);
}

function judge(
  asked: StorageTask,
  evidence: StorageEvidence,
  verifySignature: Verify,
  hash: Sha256,
): Outcome {
  const { mode, task } = modeOf(asked);
  const isClaim = "verdict" in evidence;
  const isOpened = "opened" in evidence;
  if (mode === "sweep") {
    if (!isClaim) return failed(EVIDENCE_MALFORMED);
    return judgeSweep(task, evidence, null, { verifySignature }).outcome;
  }
  if (mode === "token") {
    if (!isOpened) return failed(EVIDENCE_MALFORMED);
    return judgeToken(task, evidence, verifySignature);
  }
  if (isClaim || isOpened) return failed(EVIDENCE_MALFORMED);
  if (mode === "opening") return judgeOpening(task, evidence, verifySignature);
  return judgeSample(task, evidence, verifySignature, hash);
}

function judgeSample(
  task: SampleTask,
  evidence: SampleEvidence,
  verifySignature: Verify,
  hash: Sha256,
): Outcome {
  const challenge = challengeOf(task);
  const seed = challengeSeed(challenge);
  const answer = bytesOf(evidence.answer);
  const derived = { beacon: challenge.beacon, seed, answer };
  const fault = faultOfRecord(task, evidence, derived, verifySignature);
  if (fault !== null) return unknown(fault);
  const inventory = inventoryOfTask(task);
  const positions = samplePositions(seed, inventory.total, task.samples);
  const reason: AnswerReason | null = verifyAnswer({ ...inventory, positions, answer }, hash);
  return reason === null ? passed() : failed(reason);
}
