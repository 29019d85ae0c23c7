import { type BlockNumber, fromHex, type Hex, isAbort } from "@neurond/primitives";
import type { UntaggedShard } from "@neurond/store";
import { periodOf } from "@neurond/workload-storage";
import type { ValidatorMetrics } from "../metrics.ts";
import type { MinerClient } from "./miner-client.ts";
import type { MinerView } from "./miner-view.ts";
import { handTags, type TagDeps, tagPassing } from "./tag-shard.ts";

/** What renewing tags needs. */
export interface RenewTagsDeps {
  readonly tags: TagDeps;
  readonly miners: MinerView;
  readonly client: Pick<MinerClient, "get">;
  readonly metrics: Pick<ValidatorMetrics, "grants">;
  readonly ttlBlocks: number;
}

/** Tags are renewed when fewer periods than these are left. */
const PERIODS_LEFT = 3;
/** Shards fetched in one pass: fetching is a retrieval, and miners have other work. */
const AT_ONCE = 8;
/** Shards that are remembered as tried. */
const MAX_TRIED = 10_000;

/**
 * Tags what has no tags, or will soon have none: shards whose upload was cut off before the miner
 * signed for them, whose miner took none then, or that are kept for longer than once was meant. Each is
 * fetched from its miner, and tagged only if it is whole.
 */
export class TagRenewal {
  readonly #deps: RenewTagsDeps;
  /** Shards that could not be tagged, and the period in which that was. */
  readonly #tried = new Map<Hex, number>();

  constructor(deps: RenewTagsDeps) {
    this.#deps = deps;
  }

  /** One pass; how many shards were tagged. One that fails is tried again in the next period. */
  async pass(head: BlockNumber, signal: AbortSignal): Promise<number> {
    const { book, grants, identity } = this.#deps.tags;
    const anchored = await book.anchored();
    if (anchored === null) return 0;
    const { blocks } = anchored.periods;
    const current = periodOf(head, blocks);
    for (const [id, period] of this.#tried) if (period < current) this.#tried.delete(id);
    const lacking = await grants.lacking(identity.hotkey, {
      periodBlocks: blocks,
      period: current + PERIODS_LEFT - 1,
      block: head,
      limit: AT_ONCE,
      except: [...this.#tried.keys()],
    });
    // Those of this period may still be asked for; what a run listed is in its own documents.
    await grants.prune(identity.hotkey, { periodBlocks: blocks, period: current - 1 });
    let tagged = 0;
    for (const shard of lacking) {
      if (await this.#tag(shard, head, signal)) tagged += 1;
      else if (this.#tried.size < MAX_TRIED) this.#tried.set(shard.shardId, current);
    }
    return tagged;
  }

  async #tag(shard: UntaggedShard, head: BlockNumber, signal: AbortSignal): Promise<boolean> {
    const { tags, miners, client, metrics, ttlBlocks } = this.#deps;
    const miner = (await miners(signal)).get(shard.miner);
    if (miner === undefined) return false;
    const { shardId, root, sizeBytes: size, grantedUntil: from } = shard;
    const entry = { shardId: fromHex(shardId), root: fromHex(root), size };
    try {
      const body = await client.get(miner, entry.shardId, signal);
      const sets = await tagPassing(tags, { entry, miner, ttlBlocks, head, from }, body, signal);
      body.destroy();
      if (sets === null) return false;
      const isTaken = await handTags(tags, { entry, miner }, sets, signal);
      metrics.grants.inc({ result: isTaken ? "granted" : "refused" });
      return isTaken;
    } catch (error) {
      signal.throwIfAborted();
      const level = isAbort(error) ? "debug" : "warn";
      tags.log[level]({ error, hotkey: miner.hotkey }, "a stored shard could not be tagged");
      return false;
    }
  }
}
