import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Miner } from "@neurond/miner";
import * as source from "@neurond/miner";
import { createLogger } from "@neurond/runtime";
import { ShardStore } from "@neurond/workload-storage/io";
import { HOST, key, NETUID, type World } from "./world.ts";

/** The real miner, in this process, over real HTTP. */
export class RealMiner implements AsyncDisposable {
  readonly directory: string;
  readonly shards: ShardStore;
  readonly #miner: Miner;
  readonly #stop = new AbortController();
  #following: Promise<void> = Promise.resolve();

  private constructor(directory: string, shards: ShardStore, miner: Miner) {
    this.directory = directory;
    this.shards = shards;
    this.#miner = miner;
  }

  /** Begins to follow the chain. */
  follow(): void {
    // Its own end, when the test ends it, is no failure.
    this.#following = this.#miner.follow(this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  static async start(
    world: World,
    uri: string,
    code: Pick<typeof source, "Config" | "startMiner"> = source,
  ): Promise<RealMiner> {
    const miner = await RealMiner.prepare(world, uri, code);
    miner.follow();
    return miner;
  }

  /** A miner that serves and does not follow the chain yet. */
  static async prepare(
    world: World,
    uri: string,
    code: Pick<typeof source, "Config" | "startMiner"> = source,
  ): Promise<RealMiner> {
    const directory = await mkdtemp(join(tmpdir(), "neurond-miner-"));
    const config = code.Config.parse({
      netuid: NETUID,
      http: { host: HOST, port: 0, requestsPerMinute: 100_000 },
      axon: { externalIp: HOST },
      storage: { directory, keepFreeBytes: 0 },
    });
    const shards = await ShardStore.open({ directory, reserveBytes: 0 });
    const log = createLogger(uri, process.env["TEST_LOG"] === undefined ? "fatal" : "debug");
    const deps = { config, chain: world.chain, signer: key(uri), shards, version: "0", log };
    return new RealMiner(directory, shards, await code.startMiner(deps));
  }

  get url(): string {
    return this.#miner.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#miner[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }
}
