import type { Readable } from "node:stream";
import { fromHex, type Hex, type Hotkey, isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { MinerClient } from "../passing/miner-client.ts";
import type { MinerView, ServingMiner } from "../passing/miner-view.ts";

/** Where shards are fetched. */
export interface RefetchDeps {
  readonly miners: MinerView;
  readonly client: Pick<MinerClient, "get">;
  readonly log: Pick<Logger, "debug" | "warn">;
}

/** Which shards are to be made something of, and with what. */
export interface Lacking<S> {
  /** So many at most, without those that failed lately. */
  readonly find: (wanted: { limit: number; except: readonly Hex[] }) => Promise<readonly S[]>;
  /** False when it could not be made. */
  readonly make: (shard: S, miner: ServingMiner, body: Readable) => Promise<boolean>;
}

/** Shards fetched in one pass: fetching is a retrieval, and miners have other work. */
const AT_ONCE = 8;
/** Shards that are remembered as tried. */
const MAX_TRIED = 10_000;

/** Fetches shards from their miners again, for what only their bytes give. */
export class Refetch<S extends { readonly shardId: Hex; readonly miner: Hotkey }> {
  readonly #deps: RefetchDeps;
  /** Shards that failed, and when, on the clock of the passes. */
  readonly #tried = new Map<Hex, number>();

  constructor(deps: RefetchDeps) {
    this.#deps = deps;
  }

  /** One pass; how many shards came to something. Those that failed before `since` are tried again. */
  async pass(
    { find, make }: Lacking<S>,
    { now, since }: { readonly now: number; readonly since: number },
    signal: AbortSignal,
  ): Promise<number> {
    for (const [id, at] of this.#tried) if (at < since) this.#tried.delete(id);
    let made = 0;
    for (const shard of await find({ limit: AT_ONCE, except: [...this.#tried.keys()] })) {
      if (await this.#fetch(shard, make, signal)) made += 1;
      else if (this.#tried.size < MAX_TRIED) this.#tried.set(shard.shardId, now);
    }
    return made;
  }

  async #fetch(shard: S, make: Lacking<S>["make"], signal: AbortSignal): Promise<boolean> {
    const { miners, client, log } = this.#deps;
    const miner = (await miners(signal)).get(shard.miner);
    if (miner === undefined) return false;
    try {
      const body = await client.get(miner, fromHex(shard.shardId), signal);
      return await make(shard, miner, body).finally(() => body.destroy());
    } catch (error) {
      signal.throwIfAborted();
      const { hotkey } = miner;
      log[isAbort(error) ? "debug" : "warn"]({ error, hotkey }, "a shard was fetched in vain");
      return false;
    }
  }
}
