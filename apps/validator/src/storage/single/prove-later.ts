import type { BlockNumber } from "@neurond/primitives";
import type { Entry, SignedReceipt } from "@neurond/workload-storage";
import type { ValidatorMetrics } from "../../metrics.ts";
import type { ServingMiner } from "../passing/miner-view.ts";
import { tee } from "../passing/tee.ts";
import type { ProofQueue } from "./proof-queue.ts";
import { handProofs, type ProveDeps, provePassing } from "./prove-shard.ts";

/** What shards are made provable with while they pass. */
export interface Proving {
  readonly deps: ProveDeps;
  readonly queue: ProofQueue;
  readonly metrics: Pick<ValidatorMetrics, "shardProofs">;
  readonly head: () => BlockNumber;
}

/** A shard on its way, from which something is made meanwhile. */
export interface ProvenPassing {
  readonly body: AsyncIterable<Uint8Array>;
  /** The shard did not arrive. */
  release(): void;
  /** It did: the miner is asked to sign for what was made. Nobody waits for it. */
  arrived(signed: SignedReceipt, miner: ServingMiner): void;
}

/**
 * Makes commitments and tokens of a shard that passes. The client has its answer before they are done:
 * one that waits too long would take its miner for slow.
 */
export function proveWhilePassing(
  proving: Proving | null,
  entry: Entry,
  body: AsyncIterable<Uint8Array>,
): ProvenPassing {
  if (!proving?.queue.hasRoom) {
    return { body, release: () => undefined, arrived: () => undefined };
  }
  const { deps, queue, metrics, head } = proving;
  const split = tee(body);
  // Bytes that are not the root's are the client's fault, and the miner refuses them as well.
  const onFailure = (error: unknown) => deps.log.debug({ error }, "shard not committed to");
  const stored = Promise.withResolvers<Parameters<ProvenPassing["arrived"]> | null>();
  queue.add(async () => {
    const { signal } = queue;
    const made = await provePassing(deps, entry, split.copy, signal).finally(split.release);
    const arrived = await stored.promise;
    if (made === null || arrived === null) return;
    const [signed, miner] = arrived;
    const renewed = await handProofs(deps, { signed, miner }, made, { head: head(), signal });
    metrics.shardProofs.inc({ result: renewed === signed ? "refused" : "signed" });
  }, onFailure);
  return {
    body: split.body,
    release() {
      split.release();
      stored.resolve(null);
    },
    arrived: (signed, miner) => stored.resolve([signed, miner]),
  };
}
