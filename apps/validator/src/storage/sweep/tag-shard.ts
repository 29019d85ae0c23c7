import { verifySr25519Fast } from "@neurond/crypto";
import {
  type BlockNumber,
  CodedError,
  canonicalJson,
  isAbort,
  publicKeyOf,
  toHex,
} from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { Entry } from "@neurond/workload-storage";
import type { TagPool } from "@neurond/workload-storage/io";
import {
  type Grant,
  grantDigest,
  periodsToGrant,
  recordSignedGrant,
  tagRoot,
} from "@neurond/workload-storage/sweep";
import type { GrantStore } from "../../ports/grant-store.ts";
import type { Identity } from "../../validator.ts";
import type { MinerClient } from "../passing/miner-client.ts";
import type { ServingMiner } from "../passing/miner-view.ts";
import type { PeriodBook } from "./period-book.ts";
import type { SweepKeys } from "./sweep-keys.ts";

/** What tagging needs. */
export interface TagDeps {
  readonly identity: Identity;
  readonly client: Pick<MinerClient, "putTags">;
  readonly keys: SweepKeys;
  readonly book: PeriodBook;
  readonly pool: TagPool;
  readonly grants: GrantStore;
  readonly log: Logger;
}

/** Tags of a shard for consecutive periods. */
export interface TagSets {
  readonly firstPeriod: number;
  readonly periodBlocks: number;
  readonly sets: readonly Uint8Array[];
}

/** A shard on its way to a miner that is to be asked about all of it. */
export interface ShardToTag {
  readonly entry: Entry;
  readonly miner: ServingMiner;
  /** Blocks for which it is to be kept. */
  readonly ttlBlocks: number;
  readonly head: BlockNumber;
  /** The first period that wants tags; the current one when absent. */
  readonly from?: number;
}

/**
 * Tags a shard as it passes by, for as many periods as it lives and commitments reach. Null before
 * there are any.
 * @throws CodedError ROOT_MISMATCH SIZE_MISMATCH: then nothing was tagged
 */
export async function tagPassing(
  { keys, book, pool }: TagDeps,
  { entry, miner, ttlBlocks, head, from = 0 }: ShardToTag,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<TagSets | null> {
  const anchored = await book.anchored();
  if (anchored === null) return null;
  const wanted = periodsToGrant(ttlBlocks, anchored.periods.blocks);
  const range = await book.grantable({ head, from, wanted });
  if (range === null) return null;
  const { first, count, blocks } = range;
  const periods = Array.from({ length: count }, (_, at) => ({ period: first + at, blocks }));
  const sets = await keys.withMinerKeys(miner.hotkey, periods, (own) =>
    pool.tag({ entry, keys: own, body }, signal),
  );
  return { firstPeriod: first, periodBlocks: blocks, sets };
}

/**
 * Hands tags to the miner and keeps the grant when it countersigned. False when it did not: then it
 * keeps its shard, which is not swept and does not count where others are.
 */
export async function handTags(
  deps: TagDeps,
  { entry, miner }: Pick<ShardToTag, "entry" | "miner">,
  { firstPeriod, periodBlocks, sets }: TagSets,
  signal: AbortSignal,
): Promise<boolean> {
  const { identity, client, grants, log } = deps;
  const { netuid, hotkey: validator, signer } = identity;
  const grant: Grant = {
    netuid,
    validator,
    miner: miner.hotkey,
    shardId: entry.shardId,
    root: entry.root,
    size: entry.size,
    firstPeriod,
    tagRoots: sets.map((set) => tagRoot(set)),
  };
  const digest = grantDigest(grant);
  const validatorSignature = signer.sign(digest);
  try {
    const minerSignature = await client.putTags(miner, { grant, validatorSignature }, sets, signal);
    if (!verifySr25519Fast(publicKeyOf(miner.hotkey), digest, minerSignature)) {
      log.warn({ hotkey: miner.hotkey }, "tags were not signed for");
      return false;
    }
    const signed = { grant, validatorSignature, minerSignature };
    await grants.add(
      { validator, miner: miner.hotkey },
      {
        shardId: toHex(entry.shardId),
        periodBlocks,
        firstPeriod,
        periods: sets.length,
        text: canonicalJson(recordSignedGrant(signed)),
      },
    );
    return true;
  } catch (error) {
    if (!(error instanceof CodedError) && !isAbort(error)) throw error;
    log.warn({ error, hotkey: miner.hotkey }, "tags were not taken");
    return false;
  }
}
