import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import {
  type Assignment,
  failed,
  meanScore,
  type Outcome,
  passed,
  type Run,
  unknown,
  type Workload,
} from "@neurond/workload";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Holding, StorageCatalog } from "./catalog.ts";
import { challengeSeed } from "./challenge.ts";
import type { AnswerReason } from "./errors.ts";
import { bytesOf } from "./fields.ts";
import { samplePositions } from "./positions.ts";
import { faultOfRecord } from "./record-fault.ts";
import type { Sha256 } from "./sum-node.ts";
import { challengeOf, inventoryOfTask, SampleEvidence, SampleTask } from "./task.ts";
import { verifyAnswer } from "./verify-answer.ts";

/** What a plan says about samples; it is in the log before the run. */
export interface SamplePlan {
  /** Challenges per miner and run. */
  readonly slots: number;
  /** Leaves per challenge. */
  readonly samples: number;
  readonly deadlineMs: number;
}

/** One challenge of 20 leaves: a miner that lost a twentieth is caught in two runs of three. */
export const DEFAULT_PLAN: SamplePlan = { slots: 1, samples: 20, deadlineMs: 10_000 };

export interface StorageWorkloadOptions {
  readonly catalog: StorageCatalog;
  readonly plan?: SamplePlan;
  readonly verifySignature?: Verify;
  /** The runtime's own SHA-256, for speed. */
  readonly hash?: Sha256;
}

/**
 * Storage, proved by random leaves of a signed inventory. A wrong answer the miner signed is
 * `failed`. Whatever only the validator vouches for (beacon, times, signatures that do not hold) is
 * `unknown`: a record anybody could have made up proves nothing against the miner. The score is the
 * share of passed slots among those settled.
 */
export function storageWorkload(
  options: StorageWorkloadOptions,
): Workload<SampleTask, SampleEvidence> {
  const { catalog, plan = DEFAULT_PLAN, hash = sha256 } = options;
  const verifySignature = options.verifySignature ?? verifySr25519Fast;
  return {
    name: "storage/1",
    task: SampleTask,
    evidence: SampleEvidence,
    sample: (run) =>
      run.miners.flatMap((miner) => {
        const holding = catalog.holdingOf(run, miner);
        if (holding === null || holding.inventory.count === 0) return [];
        return assignmentsOf(run, miner, holding, catalog, plan);
      }),
    verify: (task, evidence) => judge(task, evidence, verifySignature, hash),
    score: meanScore,
  };
}

function assignmentsOf(
  run: Run,
  miner: SampleTask["miner"],
  holding: Holding,
  catalog: StorageCatalog,
  { slots, samples, deadlineMs }: SamplePlan,
): readonly Assignment<SampleTask>[] {
  const { inventory, signature, prevLink } = holding;
  const task = {
    netuid: run.netuid,
    validator: run.validator,
    miner,
    run: run.index,
    samples,
    inventory: {
      count: inventory.count,
      total: inventory.total,
      hash: toHex(inventory.hash),
      signature: toHex(signature),
    },
    beacon: recordedBeacon(run, catalog),
    prev_link: toHex(prevLink),
    deadline_ms: deadlineMs,
  };
  return Array.from({ length: slots }, (_, slot) => ({
    hotkey: miner,
    slot,
    task: { ...task, slot },
  }));
}

function recordedBeacon(run: Run, catalog: StorageCatalog): SampleTask["beacon"] {
  const beacon = catalog.beaconOf(run);
  const { block } = beacon;
  const common = { digest: toHex(run.seed), block, block_hash: toHex(beacon.blockHash) };
  if (beacon.kind === 0) return { kind: 0, ...common };
  const { blockSeconds, round, signature } = beacon;
  return {
    kind: 1,
    ...common,
    block_seconds: blockSeconds,
    round,
    signature: toHex(signature),
  };
}

function judge(
  task: SampleTask,
  evidence: SampleEvidence,
  verifySignature: Verify,
  hash: Sha256,
): Outcome {
  const challenge = challengeOf(task);
  const seed = challengeSeed(challenge);
  const answer = bytesOf(evidence.answer);
  const fault = faultOfRecord(
    task,
    evidence,
    { beacon: challenge.beacon, seed, answer },
    verifySignature,
  );
  if (fault !== null) return unknown(fault);
  const inventory = inventoryOfTask(task);
  const positions = samplePositions(seed, inventory.total, task.samples);
  const reason: AnswerReason | null = verifyAnswer({ ...inventory, positions, answer }, hash);
  return reason === null ? passed() : failed(reason);
}
