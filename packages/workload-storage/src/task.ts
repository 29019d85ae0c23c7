import { z } from "zod";
import { maxAnswerBytes } from "./answer.ts";
import { type Beacon, beaconDigest, beaconInputs } from "./beacon.ts";
import { type Challenge, challengeSeed, MODE, sampleParams } from "./challenge.ts";
import { bytesOf, field } from "./fields.ts";
import { type Inventory, inventoryDigest } from "./inventory.ts";
import { MAX_TOTAL_LEAVES } from "./limits.ts";

/** The most leaves one challenge may ask for: a miner reads 64 KiB for each, an auditor 4. */
export const MAX_SAMPLES = 1024;

const common = { digest: field.hash, block: field.u32, block_hash: field.hash };
const BeaconRecord = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal(0), ...common }),
  z.strictObject({
    kind: z.literal(1),
    ...common,
    block_seconds: field.count,
    round: field.count,
    signature: field.blsSignature,
  }),
]);

/** What every mode's task records of its slot: with mode and parameters, all inputs of a seed. */
export const slotFields = {
  netuid: field.netuid,
  validator: field.hotkey,
  miner: field.hotkey,
  /** Index of the run. */
  run: field.u32,
  slot: field.u16,
  inventory: z.strictObject({
    count: field.u32.min(1),
    total: z.int().min(1).max(MAX_TOTAL_LEAVES),
    hash: field.hash,
    signature: field.signature,
  }),
  beacon: BeaconRecord,
  prev_link: field.hash,
  /** Milliseconds from sending within which the answer must be here. */
  deadline_ms: z.int().min(1).max(600_000),
};
const SlotTask = z.strictObject(slotFields);
/** A task of any mode, as far as all modes have it in common. */
export type SlotTask = z.infer<typeof SlotTask>;

/** What evidence of any mode holds beside the answer. */
export const slotEvidence = {
  /** The validator's, over the challenge. */
  challenge_signature: field.signature,
  /** The miner's, over challenge and answer. */
  answer_signature: field.signature,
  sent_ms: field.count,
  received_ms: field.count,
};
const SlotEvidence = z.strictObject(slotEvidence);
/** Evidence of any mode, as far as all modes have it in common. */
export type SlotEvidence = z.infer<typeof SlotEvidence>;

/**
 * A challenge of mode `sample` as it is recorded: all inputs of its seed, so that whoever reads it
 * derives seed and positions. `digest` is the run's seed; the rest of `beacon` is what it hashes.
 */
export const SampleTask = z.strictObject({
  ...slotFields,
  samples: z.int().min(1).max(MAX_SAMPLES),
});
export type SampleTask = z.infer<typeof SampleTask>;

/** What a probe brings back. A probe without a signed answer in time brings back nothing. */
export const SampleEvidence = z.strictObject({
  ...slotEvidence,
  answer: field.hexUpTo(maxAnswerBytes(MAX_SAMPLES)),
});
export type SampleEvidence = z.infer<typeof SampleEvidence>;

/** The beacon of a recorded task. */
export function beaconOf({ beacon }: Pick<SlotTask, "beacon">): Beacon {
  const { kind, block, block_hash } = beacon;
  const blockHash = bytesOf(block_hash);
  if (kind === 0) return { kind, block, blockHash };
  const { block_seconds: blockSeconds, round, signature } = beacon;
  return { kind, block, blockHash, blockSeconds, round, signature: bytesOf(signature) };
}

/** The inventory a recorded task is about. */
export function inventoryOfTask(task: SlotTask): Inventory {
  const { netuid, validator, miner, run, inventory } = task;
  const { count, total, hash } = inventory;
  return { netuid, validator, miner, run, count, total, hash: bytesOf(hash) };
}

/** The challenge a recorded slot is, once mode and parameters are known. */
export function challengeOfSlot(
  task: SlotTask,
  { mode, params }: Pick<Challenge, "mode" | "params">,
): Challenge {
  const { netuid, validator, miner, run, slot, beacon, prev_link } = task;
  return {
    netuid,
    validator,
    miner,
    run,
    slot,
    mode,
    params,
    inventoryDigest: inventoryDigest(inventoryOfTask(task)),
    beaconBlock: beacon.block,
    beacon: beaconDigest(beaconInputs(beaconOf(task))),
    prevLink: bytesOf(prev_link),
  };
}

/** The challenge a recorded task of mode `sample` is. */
export function challengeOf(task: SampleTask): Challenge {
  return challengeOfSlot(task, { mode: MODE.sample, params: sampleParams(task.samples) });
}

/** The seed of a recorded task: what the validator signs when it asks. */
export function seedOfTask(task: SampleTask): Uint8Array {
  return challengeSeed(challengeOf(task));
}
