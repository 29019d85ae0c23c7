import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, fromHex, type Hotkey, publicKeyOf } from "@neurond/primitives";
import type { Responder } from "@neurond/workload/io";
import {
  answerDigest,
  buildAnswer,
  compareBytes,
  type InventoryTree,
  inventoryOfTask,
  isInventorySigned,
  responseHash,
  type SampleTask,
  type ShardReader,
  type StorageCode,
  samplePositions,
  seedOfTask,
} from "@neurond/workload-storage";
import type { ChallengeMessage } from "./challenge-message.ts";

export interface ResponderOptions {
  readonly miner: Hotkey;
  /** Signs with the miner's hotkey. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly shards: ShardReader;
  /** The list behind an inventory, from own receipts or from its validator; null when unknown. */
  readonly inventoryOf: (task: SampleTask) => Promise<InventoryTree | null>;
  readonly verifySignature?: Verify;
}

/**
 * Answers challenges from disk: signature, then answer. Only what a validator signed is worked on.
 * @throws CodedError CHALLENGE_REFUSED when it is for another miner or not signed,
 * INVENTORY_UNKNOWN when its list is not at hand, SHARD_MISSING or SHARD_CORRUPT after a loss
 */
export function sampleResponder(
  options: ResponderOptions,
): Responder<ChallengeMessage, Uint8Array> {
  const { miner, sign, shards, inventoryOf } = options;
  const verify = options.verifySignature ?? verifySr25519Fast;
  return async ({ task, signature }, signal) => {
    if (task.miner !== miner) throw refused("it is for another miner");
    const seed = seedOfTask(task);
    const inventory = inventoryOfTask(task);
    if (!verify(publicKeyOf(task.validator), seed, fromHex(signature))) {
      throw refused("its validator did not sign it");
    }
    if (!isInventorySigned(inventory, fromHex(task.inventory.signature), verify)) {
      throw refused("its inventory is not signed");
    }
    const tree = await inventoryOf(task);
    signal.throwIfAborted();
    if (
      tree === null ||
      tree.total !== inventory.total ||
      compareBytes(tree.hash, inventory.hash) !== 0
    ) {
      throw new CodedError<StorageCode>(
        "INVENTORY_UNKNOWN",
        `the list of ${inventory.count} shards behind the inventory of run ${task.run} is not here`,
        { run: task.run, validator: task.validator },
      );
    }
    const positions = samplePositions(seed, tree.total, task.samples);
    const answer = await buildAnswer(tree, positions, shards);
    signal.throwIfAborted();
    return Buffer.concat([sign(answerDigest(seed, responseHash(seed, answer))), answer]);
  };
}

function refused(reason: string): CodedError<StorageCode> {
  return new CodedError("CHALLENGE_REFUSED", `a challenge was not answered: ${reason}`);
}
