import type { Keypair } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import {
  answerDigest,
  type Receipt,
  receiptDigest,
  recordSignedReceipt,
  responseHash,
  type SampleTask,
} from "../src/index.ts";
import { MINER, VALIDATOR, type World } from "./world.ts";

/** What tasks of all modes have in common, for the miner of a world. */
export function slotOf(world: World): Omit<SampleTask, "samples"> {
  const { samples: _, ...slot } = world.task({ slots: 1, samples: 1, deadlineMs: 10_000 });
  return slot;
}

/** A receipt of a world's shard, signed by both sides unless another signs for the miner. */
export function receiptIn(
  world: World,
  receipt: Omit<Receipt, "netuid" | "validator" | "miner" | "storedBlock" | "expiresBlock">,
  miner: Keypair = MINER,
) {
  const { netuid, validator, miner: hotkey } = slotOf(world);
  const complete = {
    netuid,
    validator,
    miner: hotkey,
    storedBlock: 1,
    expiresBlock: 100_000,
    ...receipt,
  };
  const digest = receiptDigest(complete);
  return recordSignedReceipt({
    receipt: complete,
    validatorSignature: VALIDATOR.sign(digest),
    minerSignature: miner.sign(digest),
  });
}

/** An answer its miner signed in time, to a challenge its validator signed. */
export function signedAnswer(seed: Uint8Array, answer: Uint8Array) {
  return {
    challenge_signature: toHex(VALIDATOR.sign(seed)),
    answer: toHex(answer),
    answer_signature: toHex(MINER.sign(answerDigest(seed, responseHash(seed, answer)))),
    sent_ms: 1_000,
    received_ms: 1_500,
  };
}
