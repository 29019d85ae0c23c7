import type { Document } from "@neurond/ledger";
import { type BlockNumber, CodedError, fromHex, type Hex, type Hotkey } from "@neurond/primitives";
import type { DeletedShard } from "@neurond/store";
import { DOCUMENT } from "@neurond/workload-storage";
import { forEachLimited } from "../../for-each-limited.ts";
import type { FileLives, Untold } from "../../ports/file-lives.ts";
import { timesAt } from "../../run-plan.ts";
import type { Validator } from "../../validator.ts";
import type { MinerClient } from "../passing/miner-client.ts";
import type { MinerView } from "../passing/miner-view.ts";

/** What telling miners needs. */
export interface TellDeps {
  readonly lives: Pick<FileLives, "told" | "untold">;
  readonly miners: MinerView;
  readonly client: Pick<MinerClient, "forget">;
}

const AT_ONCE = 8;
const TELL_MS = 10_000;
const BATCH = 1000;

/**
 * Tells miners to forget deleted shards, of one file or of all up to a block, while it reaches any of
 * them. A miner that cannot be reached is told again later.
 */
export async function tellMiners(
  deps: TellDeps,
  which: Untold,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const shards = await deps.lives.untold(BATCH, which);
    const told = await tellOf(deps, shards, "upTo" in which, signal);
    if (shards.length < BATCH || told === 0) return;
  }
}

/** How many of these shards' miners know now; `isLate` when none of the shards is still on its way. */
async function tellOf(
  { lives, miners, client }: TellDeps,
  shards: readonly DeletedShard[],
  isLate: boolean,
  signal: AbortSignal,
): Promise<number> {
  if (shards.length === 0) return 0;
  const serving = await miners(signal);
  let told = 0;
  await forEachLimited(shards, AT_ONCE, signal, async (shard) => {
    const miner = serving.get(shard.miner);
    let isTold = false;
    if (miner !== undefined) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(TELL_MS)]);
      isTold = await client.forget(miner, fromHex(shard.shardId), within).then(
        () => true,
        (error: unknown) => {
          signal.throwIfAborted();
          // Just now it may still be arriving: asked again later, a miner without it has forgotten it.
          return isLate && error instanceof CodedError && error.context["status"] === 404;
        },
      );
    }
    await lives.told(shard, isTold);
    if (isTold) told += 1;
  });
  return told;
}

/**
 * Puts deletions into the log: an auditor who knows a receipt must know why no inventory names its
 * shard any more. A document for each file and miner.
 */
export async function logDeletions(
  { lives }: { readonly lives: Pick<FileLives, "logged" | "unlogged"> },
  { identity, rules, record }: Pick<Validator, "identity" | "rules" | "record">,
  head: BlockNumber,
): Promise<void> {
  const shards = await lives.unlogged(BATCH);
  if (shards.length === 0) return;
  const { netuid, hotkey: validator } = identity;
  const about = { netuid, validator, run_id: timesAt(head, rules.plan).id };
  await record.append(
    groupsOf(shards).map(
      ({ miner, fileId, shardIds }): Document => ({
        ...{ kind: "document", v: 1, ...about, type: DOCUMENT.deletion, miner },
        body: { file_id: fileId, shard_ids: [...shardIds] },
      }),
    ),
  );
  await lives.logged(shards);
}

function groupsOf(shards: readonly DeletedShard[]) {
  const groups = new Map<
    string,
    { readonly miner: Hotkey; readonly fileId: Hex; readonly shardIds: Hex[] }
  >();
  for (const { miner, fileId, shardId } of shards) {
    const key = `${fileId} ${miner}`;
    const group = groups.get(key) ?? { miner, fileId, shardIds: [] };
    group.shardIds.push(shardId);
    groups.set(key, group);
  }
  return [...groups.values()];
}
