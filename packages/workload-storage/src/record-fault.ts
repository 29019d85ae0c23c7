import type { Verify } from "@neurond/crypto";
import { publicKeyOf, toHex } from "@neurond/primitives";
import { beaconRound } from "./beacon.ts";
import type { RecordReason } from "./errors.ts";
import { bytesOf } from "./fields.ts";
import { isInventorySigned } from "./inventory.ts";
import { inventoryOfTask, type SlotEvidence, type SlotTask } from "./task.ts";
import { answerDigest, responseHash } from "./transcript.ts";

/** What follows from a task and its answer, derived once by whoever judges. */
export interface Derived {
  readonly beacon: Uint8Array;
  readonly seed: Uint8Array;
  readonly answer: Uint8Array;
}

/** What makes a record prove nothing, whatever the answer; null when all of it holds together. */
export function faultOfRecord(
  task: SlotTask,
  evidence: SlotEvidence,
  { beacon, seed, answer }: Derived,
  verify: Verify,
): RecordReason | null {
  if (toHex(beacon) !== task.beacon.digest) return "BEACON";
  if (task.beacon.kind === 1 && task.beacon.round !== beaconRound(task.beacon.block_seconds)) {
    return "BEACON";
  }
  const tookMs = evidence.received_ms - evidence.sent_ms;
  if (tookMs < 0 || tookMs > task.deadline_ms) return "DEADLINE";
  const challenged = bytesOf(evidence.challenge_signature);
  const answered = bytesOf(evidence.answer_signature);
  const digest = answerDigest(seed, responseHash(seed, answer));
  const signed =
    isInventorySigned(inventoryOfTask(task), bytesOf(task.inventory.signature), verify) &&
    verify(publicKeyOf(task.validator), seed, challenged) &&
    verify(publicKeyOf(task.miner), digest, answered);
  return signed ? null : "SIGNATURE";
}
