import { verifySr25519Fast } from "@neurond/crypto";
import {
  type BlockNumber,
  CodedError,
  canonicalJson,
  toBlockNumber,
  toHex,
} from "@neurond/primitives";
import {
  isReceiptSigned,
  type Receipt,
  receiptDigest,
  recordSignedReceipt,
  type SignedReceipt,
} from "@neurond/workload-storage";
import { shardIdOf } from "@neurond/workload-storage/file";
import type { ValidatorCode } from "../../errors.ts";
import type { ValidatorMetrics } from "../../metrics.ts";
import type { FileLives } from "../../ports/file-lives.ts";
import type { ShardCatalog } from "../../ports/shard-catalog.ts";
import type { Identity } from "../../validator.ts";
import { type Proving, proveWhilePassing } from "../single/prove-later.ts";
import { handTags, type TagDeps, type TagSets, tagPassing } from "../sweep/tag-shard.ts";
import { lifetimeOf } from "./lifetime.ts";
import { explainMiner, type MinerClient } from "./miner-client.ts";
import type { MinerView, ServingMiner } from "./miner-view.ts";
import { tee } from "./tee.ts";

/** What passing shards on needs. */
export interface PassDeps {
  readonly identity: Identity;
  readonly shards: ShardCatalog;
  readonly lives: Pick<FileLives, "orphaned">;
  /** Null where no shard is asked about alone. */
  readonly proving: Proving | null;
  readonly miners: MinerView;
  readonly client: MinerClient;
  /** Null where nothing is swept. */
  readonly tags: TagDeps | null;
  readonly metrics: ValidatorMetrics;
  /** The longest that miners are asked to promise a shard. */
  readonly ttlBlocks: number;
  readonly head: () => BlockNumber;
}

/** A shard as its client describes it. */
export interface OfferedShard {
  readonly shardId: Uint8Array;
  readonly fileId: Uint8Array;
  readonly segment: number;
  readonly index: number;
  readonly generation: number;
  readonly root: Uint8Array;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  /** For how many blocks its client wishes it kept. */
  readonly ttlBlocks?: number;
}

/**
 * Hands a client's sealed shard to the miner that its id names. The receipt is signed first, the
 * miner signs it when root and size of what came are the promised ones, and only then it is ours. On
 * its way it is tagged; tags go after it, and a miner that will not have them keeps its shard. So does what the
 * shard is asked by alone, for which nobody waits.
 */
export async function passShard(
  given: PassDeps,
  shard: OfferedShard,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<SignedReceipt> {
  const deps = { ...given, ttlBlocks: lifetimeOf(shard.ttlBlocks, given.ttlBlocks) };
  const { identity, shards } = deps;
  const miner = minerOf(shard, await deps.miners(signal));
  if ((await shards.find(toHex(shard.shardId), identity.hotkey)) !== null) throw exists();
  const receipt = receiptOf(deps, shard, miner);
  const proven = proveWhilePassing(deps.proving, receipt, body);
  try {
    const passing = { ...shard, receipt, miner, body: proven.body };
    const signed = await handOver(deps, passing, signal);
    proven.arrived(signed, miner);
    return signed;
  } catch (error) {
    proven.release();
    throw error;
  }
}

/** Hands the shard to its miner and keeps the receipt; then its tags, which need not be taken. */
async function handOver(
  deps: PassDeps,
  shard: OfferedShard & {
    readonly receipt: Receipt;
    readonly miner: ServingMiner;
    readonly body: AsyncIterable<Uint8Array>;
  },
  signal: AbortSignal,
): Promise<SignedReceipt> {
  const { identity, shards, client, metrics } = deps;
  const { receipt, miner } = shard;
  const validatorSignature = identity.signer.sign(receiptDigest(receipt));
  const offer = { receipt, validatorSignature };
  const tagged = tagWhilePassing(deps, receipt, miner, shard.body, signal);
  let minerSignature: Uint8Array;
  try {
    const { sha256 } = shard;
    minerSignature = await client.put(miner, { offer, sha256, body: tagged.body }, signal);
  } catch (error) {
    tagged.release();
    await forgetLater(deps, receipt, shard, miner);
    throw explainMiner(error, miner);
  }
  const signed = { receipt, validatorSignature, minerSignature };
  if (!isReceiptSigned(signed, verifySr25519Fast)) {
    const message = `miner ${miner.hotkey} did not sign the receipt it was given; use another`;
    throw new CodedError<ValidatorCode>("RECEIPT_INVALID", message);
  }
  const added = await shards.add({
    shardId: toHex(shard.shardId),
    validator: identity.hotkey,
    miner: miner.hotkey,
    fileId: toHex(shard.fileId),
    root: toHex(shard.root),
    sizeBytes: shard.sizeBytes,
    storedBlock: toBlockNumber(receipt.storedBlock),
    expiresBlock: toBlockNumber(receipt.expiresBlock),
    receipt: canonicalJson(recordSignedReceipt(signed)),
  });
  if (!added) throw exists();
  metrics.storedBytes.inc(shard.sizeBytes);
  const sets = await tagged.sets;
  if (deps.tags !== null && sets !== null) {
    const isTaken = await handTags(deps.tags, { entry: receipt, miner }, sets, signal);
    for (const set of sets.sets) set.fill(0);
    metrics.grants.inc({ result: isTaken ? "granted" : "refused" });
  }
  return signed;
}

/** Whether the miner has it, nobody can say now; with a receipt of ours alone nobody owes anything. */
async function forgetLater(
  { lives }: PassDeps,
  { expiresBlock, storedBlock }: Receipt,
  { shardId, fileId, sizeBytes }: OfferedShard,
  { hotkey: miner }: ServingMiner,
): Promise<void> {
  const orphan = { shardId: toHex(shardId), fileId: toHex(fileId), miner, sizeBytes };
  const times = { at: toBlockNumber(storedBlock), expires: toBlockNumber(expiresBlock) };
  await lives.orphaned(orphan, times);
}

/** The body for the miner, and the tags that are made of it meanwhile; null when none could be made. */
function tagWhilePassing(
  { tags, ttlBlocks, head }: PassDeps,
  entry: Receipt,
  miner: ServingMiner,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) {
  if (tags === null) return { body, sets: Promise.resolve(null), release: () => undefined };
  const split = tee(body);
  const shard = { entry, miner, ttlBlocks, head: head() };
  const sets = tagPassing(tags, shard, split.copy, signal)
    .catch((error: unknown): TagSets | null => {
      // Bytes that are not the root's are the client's fault, and the miner refuses them as well.
      tags.log.debug({ error }, "shard not tagged");
      return null;
    })
    .finally(split.release);
  return { body: split.body, sets, release: split.release };
}

/** The id of a shard says who is to hold it: nobody has to remember what was placed where. */
function minerOf(
  { shardId, fileId, segment, index, generation }: OfferedShard,
  miners: ReadonlyMap<string, ServingMiner>,
): ServingMiner {
  const id = toHex(shardId);
  for (const miner of miners.values()) {
    const due = shardIdOf({ fileId, segment, index, generation, miner: miner.hotkey });
    if (toHex(due) === id) return miner;
  }
  throw new CodedError<ValidatorCode>(
    "PLACEMENT_UNKNOWN",
    "no miner that serves now is meant by this shard id: ask for new placements",
    { segment, index },
  );
}

function receiptOf(
  { identity, head, ttlBlocks }: PassDeps,
  { shardId, root, sizeBytes }: OfferedShard,
  miner: ServingMiner,
): Receipt {
  const storedBlock = head();
  return {
    netuid: identity.netuid,
    validator: identity.hotkey,
    miner: miner.hotkey,
    shardId,
    root,
    size: sizeBytes,
    storedBlock,
    expiresBlock: storedBlock + ttlBlocks,
  };
}

const exists = () =>
  new CodedError<ValidatorCode>(
    "SHARD_EXISTS",
    "the shard is stored already: other bytes need another generation",
  );
