import type { BlockNumber } from "@neurond/primitives";
import { VerifyPool } from "@neurond/runtime";
import { TagPool, VectorThread } from "@neurond/workload-storage/io";
import type { CopyRoutes } from "../../api/storage-copies.ts";
import type { FileRoutes } from "../../api/storage-files.ts";
import type { HealthRoutes } from "../../api/storage-health.ts";
import type { LifeRoutes } from "../../api/storage-lives.ts";
import type { ShardRoutes } from "../../api/storage-shards.ts";
import type { ComposedValidator } from "../../compose.ts";
import type { Config } from "../../config.ts";
import { tokenPlanOf } from "../plan/shard-slots.ts";
import { ProofQueue } from "../single/proof-queue.ts";
import type { Proving } from "../single/prove-later.ts";
import { storageGate } from "./gate.ts";
import { type MinerClient, minerClient } from "./miner-client.ts";
import { minerView } from "./miner-view.ts";

/** What the storage routes work with; the pool of workers belongs to `resources`. */
export function storageRoutes(
  validator: ComposedValidator,
  { http, storage }: Config,
  head: () => BlockNumber,
  resources: AsyncDisposableStack,
): ShardRoutes & FileRoutes & CopyRoutes & LifeRoutes & HealthRoutes {
  const { chain, identity, stores, sweeps, discovery, rules, metrics, log, now } = validator;
  const { netuid, hotkey, signer } = identity;
  const { clients, maxShardBytes, ttlBlocks, uploadsAtOnce, copyBytes } = storage;
  const transferMs = storage.transferSeconds * 1000;
  const pool =
    http.verifyWorkers === 0
      ? null
      : resources.use(new VerifyPool({ workers: http.verifyWorkers }));
  const client = minerClient(signer, transferMs, discovery.fetch);
  const tags = sweeps && {
    ...sweeps,
    identity,
    client,
    pool: resources.use(new TagPool({ workers: storage.sweep.workers })),
    grants: stores.grants,
    log,
  };
  return {
    identity,
    gate: storageGate({ hotkey, netuid, clients, maxShardBytes, transferMs, pool, metrics }),
    miners: minerView({ chain, identity, discovery }, rules.minStakeRao),
    client,
    tags,
    proving: provingOf(validator, storage, { client, head, resources }),
    shards: stores.shards,
    manifests: stores.manifests,
    copies: stores.copies,
    copyBytes,
    lives: stores.lives,
    presence: stores.presence,
    lostAfterRuns: storage.lostAfterRuns,
    metrics,
    ttlBlocks,
    maxShardBytes,
    uploadsAtOnce,
    head,
    now,
  };
}

/** What shards are made provable one by one with; null where neither way is set. */
function provingOf(
  { identity, stores, tokenKeys, metrics, log }: ComposedValidator,
  storage: Config["storage"],
  given: {
    readonly client: MinerClient;
    readonly head: () => BlockNumber;
    readonly resources: AsyncDisposableStack;
  },
): Proving | null {
  const { client, head, resources } = given;
  const { opening } = storage;
  if (!opening.enabled && tokenKeys === null) return null;
  const { proofs, lives } = stores;
  // A stop does not wait for commitments that are being made: the thread ends before the queue.
  const queue = resources.use(new ProofQueue());
  const vectors = opening.enabled ? resources.use(new VectorThread()) : null;
  const deps = {
    ...{ identity, client, proofs, lives, log },
    openings: vectors && { ...opening, vectors },
    tokens: tokenKeys && { keys: tokenKeys, ...tokenPlanOf(storage) },
  };
  return { deps, queue, metrics, head };
}
