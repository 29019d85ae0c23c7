import { type BlockNumber, fromHex } from "@neurond/primitives";
import type { UntaggedShard } from "@neurond/store";
import { periodOf } from "@neurond/workload-storage";
import type { ValidatorMetrics } from "../../metrics.ts";
import { Refetch, type RefetchDeps } from "../upkeep/refetch.ts";
import { handTags, type TagDeps, tagPassing } from "./tag-shard.ts";

/** What renewing tags needs. */
export interface RenewTagsDeps extends Omit<RefetchDeps, "log"> {
  readonly tags: TagDeps;
  readonly metrics: Pick<ValidatorMetrics, "grants">;
  readonly ttlBlocks: number;
}

/** Tags are renewed when fewer periods than these are left. */
const PERIODS_LEFT = 3;

/**
 * Tags what has no tags, or will soon have none: shards whose upload was cut off before the miner
 * signed for them, whose miner took none then, or that are kept for longer than once was meant. Each is
 * fetched from its miner, and tagged only if it is whole.
 */
export class TagRenewal {
  readonly #deps: RenewTagsDeps;
  readonly #refetch: Refetch<UntaggedShard>;

  constructor(deps: RenewTagsDeps) {
    this.#deps = deps;
    this.#refetch = new Refetch({ ...deps, log: deps.tags.log });
  }

  /** One pass; how many shards were tagged. One that fails is tried again in the next period. */
  async pass(head: BlockNumber, signal: AbortSignal): Promise<number> {
    const { tags, metrics, ttlBlocks } = this.#deps;
    const { book, grants, identity } = tags;
    const anchored = await book.anchored();
    if (anchored === null) return 0;
    const { blocks: periodBlocks } = anchored.periods;
    const current = periodOf(head, periodBlocks);
    // Those of this period may still be asked for; what a run listed is in its own documents.
    await grants.prune(identity.hotkey, { periodBlocks, period: current - 1 });
    const period = current + PERIODS_LEFT - 1;
    return this.#refetch.pass(
      {
        find: (wanted) =>
          grants.lacking(identity.hotkey, { periodBlocks, period, block: head, ...wanted }),
        async make({ shardId, root, sizeBytes: size, grantedUntil: from }, miner, body) {
          const entry = { shardId: fromHex(shardId), root: fromHex(root), size };
          const sets = await tagPassing(
            tags,
            { entry, miner, ttlBlocks, head, from },
            body,
            signal,
          );
          if (sets === null) return false;
          const isTaken = await handTags(tags, { entry, miner }, sets, signal);
          metrics.grants.inc({ result: isTaken ? "granted" : "refused" });
          return isTaken;
        },
      },
      { now: current, since: current },
      signal,
    );
  }
}
