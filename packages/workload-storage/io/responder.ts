import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, fromHex, type Hex, type Hotkey, publicKeyOf } from "@neurond/primitives";
import type { Responder } from "@neurond/workload/io";
import {
  answerDigest,
  buildAnswer,
  compareBytes,
  type InventoryTree,
  inventoryOfTask,
  isInventorySigned,
  modeOf,
  responseHash,
  type ShardReader,
  type SlotTask,
  type StorageCode,
  samplePositions,
  seedOfAnyTask,
} from "@neurond/workload-storage";
import type { OpeningTask } from "@neurond/workload-storage/opening";
import { indicesOf, type SweepTask, sweepList } from "@neurond/workload-storage/sweep";
import type { TokenTask } from "@neurond/workload-storage/token";
import type { ChallengeMessage } from "./challenge-message.ts";
import type { SweepQuestion } from "./sweep/sweep-answerer.ts";

/** How the modes beside `sample` are answered. A mode that is left out is refused. */
export interface AnswersByMode {
  readonly sweep?: (
    question: Omit<SweepQuestion, "find"> & { readonly task: SweepTask },
    signal: AbortSignal,
  ) => Promise<Uint8Array>;
  readonly opening?: (
    task: OpeningTask,
    seed: Uint8Array,
    signal: AbortSignal,
  ) => Promise<Uint8Array>;
  /** The token's own seed is not checked yet against what the task says of it. */
  readonly token?: (
    task: TokenTask,
    tokenSeed: Uint8Array,
    signal: AbortSignal,
  ) => Promise<Uint8Array>;
}

export interface ResponderOptions {
  readonly miner: Hotkey;
  /** Signs with the miner's hotkey. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly shards: ShardReader;
  /** The list behind an inventory, from own receipts or from its validator; null when unknown. */
  readonly inventoryOf: (task: SlotTask) => Promise<InventoryTree | null>;
  readonly answers?: AnswersByMode;
  readonly verifySignature?: Verify;
}

/**
 * Answers challenges from disk: signature, then answer. Only what a validator signed is worked on.
 * @throws CodedError CHALLENGE_REFUSED when it is for another miner, not signed or of a mode that is
 * not answered here, INVENTORY_UNKNOWN when its list is not at hand, SHARD_MISSING or SHARD_CORRUPT
 * after a loss
 */
export function storageResponder(
  options: ResponderOptions,
): Responder<ChallengeMessage, Uint8Array> {
  const { miner, sign } = options;
  const verify = options.verifySignature ?? verifySr25519Fast;
  return async (message, signal) => {
    const { task, signature } = message;
    if (task.miner !== miner) throw refused("it is for another miner");
    const seed = seedOfAnyTask(task);
    if (seed === null) throw refused("its receipt commits to no blocks");
    if (!verify(publicKeyOf(task.validator), seed, fromHex(signature as Hex))) {
      throw refused("its validator did not sign it");
    }
    if (!isInventorySigned(inventoryOfTask(task), fromHex(task.inventory.signature), verify)) {
      throw refused("its inventory is not signed");
    }
    const answer = await answerTo(message, seed, options, signal);
    signal.throwIfAborted();
    return Buffer.concat([sign(answerDigest(seed, responseHash(seed, answer))), answer]);
  };
}

async function answerTo(
  { task, token_seed }: ChallengeMessage,
  seed: Uint8Array,
  options: ResponderOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { shards, answers = {} } = options;
  const of = modeOf(task);
  switch (of.mode) {
    case "sample": {
      const tree = await treeOf(of.task, options, signal);
      const positions = samplePositions(seed, tree.total, of.task.samples);
      return buildAnswer(tree, positions, shards);
    }
    case "sweep": {
      if (answers.sweep === undefined) throw refused("sweeps are not answered here");
      const { entries } = await treeOf(of.task, options, signal);
      const granted = indicesOf(of.task.granted, entries.length);
      if (granted === null) throw refused("it asks for entries beyond its inventory");
      const list = sweepList(seed, of.task.budget_rows, granted, entries);
      return answers.sweep({ task: of.task, seed, list, entries }, signal);
    }
    case "opening":
      if (answers.opening === undefined) throw refused("openings are not answered here");
      return answers.opening(of.task, seed, signal);
    case "token":
      if (answers.token === undefined) throw refused("tokens are not answered here");
      if (token_seed === undefined) throw refused("it came without the token's seed");
      return answers.token(of.task, fromHex(token_seed as Hex), signal);
  }
}

async function treeOf(
  task: SlotTask,
  { inventoryOf }: ResponderOptions,
  signal: AbortSignal,
): Promise<InventoryTree> {
  const inventory = inventoryOfTask(task);
  const tree = await inventoryOf(task);
  signal.throwIfAborted();
  const isThat =
    tree !== null &&
    tree.total === inventory.total &&
    compareBytes(tree.hash, inventory.hash) === 0;
  if (isThat) return tree;
  throw new CodedError<StorageCode>(
    "INVENTORY_UNKNOWN",
    `the list of ${inventory.count} shards behind the inventory of run ${task.run} is not here`,
    { run: task.run, validator: task.validator },
  );
}

function refused(reason: string): CodedError<StorageCode> {
  return new CodedError("CHALLENGE_REFUSED", `a challenge was not answered: ${reason}`);
}
