import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Chain, connectChain } from "@neurond/chain";
import { keypairFromUri } from "@neurond/crypto";
import { type Devnet, READY_NETUID, startDevnet } from "@neurond/devnet";
import { Config as MinerConfig, startMiner } from "@neurond/miner";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { testDatabase } from "@neurond/testing";
import { startValidator, Config as ValidatorConfig } from "@neurond/validator";
import { ShardStore } from "@neurond/workload-storage/io";

const HOST = "127.0.0.2"; // the chain takes no 127.0.0.1
const MINERS = ["//Miner1", "//Miner2", "//Miner3"];
/** A run takes seconds. */
const PLAN = { blocks: 24, beaconLag: 6, commitWindow: 8, revealWindow: 16 };

/** A miner, its shards, and where they are. */
export interface Kept {
  readonly uri: string;
  readonly url: string;
  readonly shards: ShardStore;
  readonly directory: string;
}

/** A subnet in one process: a chain, three miners and a validator, all of them announced. */
export class StorageSubnet implements AsyncDisposable {
  readonly #log = createLogger("test", "fatal");
  readonly #world = new AsyncDisposableStack();
  readonly #stop = new AbortController();
  readonly #chain: Chain;
  readonly devnet: Devnet;
  /** A directory of its own. */
  readonly root: string;
  /** By the miner's hotkey. */
  readonly stores = new Map<string, Kept>();
  validatorUrl = "";

  private constructor(root: string, devnet: Devnet, chain: Chain) {
    this.root = root;
    this.devnet = this.#world.use(devnet);
    this.#chain = this.#world.use(chain);
  }

  static async start(): Promise<StorageSubnet> {
    const root = await mkdtemp(join(tmpdir(), "store-"));
    const devnet = await startDevnet({ preset: "subnet", blockTimeMs: 250 });
    const subnet = new StorageSubnet(root, devnet, await connectChain({ endpoints: [devnet.url] }));
    try {
      for (const uri of MINERS) await subnet.#serveMiner(uri);
      await subnet.#serveValidator();
      await subnet.#untilAnnounced();
      return subnet;
    } catch (error) {
      await subnet[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#world[Symbol.asyncDispose]();
    await rm(this.root, { recursive: true, force: true });
  }

  async #serveMiner(uri: string): Promise<void> {
    const directory = join(this.root, uri.slice(2));
    const config = MinerConfig.parse({
      netuid: READY_NETUID,
      http: { host: HOST, port: 0, requestsPerMinute: 10_000 },
      axon: { externalIp: HOST },
      storage: { directory, keepFreeBytes: 0 },
    });
    const shards = await ShardStore.open({ directory, reserveBytes: 0 });
    const signer = keypairFromUri(uri);
    const parts = { config, chain: this.#chain, signer, shards, version: "0", log: this.#log };
    const miner = this.#world.use(await startMiner(parts));
    this.#keepRunning(miner.follow(this.#stop.signal));
    this.stores.set(hotkeyOf(signer.publicKey), { uri, url: miner.url, shards, directory });
  }

  async #serveValidator(): Promise<void> {
    const config = ValidatorConfig.parse({
      netuid: READY_NETUID,
      http: { host: HOST, port: 0, verifyWorkers: 0, requestsPerMinute: 10_000 },
      axon: { externalIp: HOST },
      gossip: { allowPrivatePeers: true },
      run: { ...PLAN, beaconKind: "chain", minStakeTao: "1000" }, // the richest here has 3000
      jobs: { directory: join(this.root, "state") },
      record: { archiveDirectory: join(this.root, "archive") },
      exports: { directory: join(this.root, "exports") },
    });
    const signer = keypairFromUri("//Validator1");
    const database = this.#world.use(await testDatabase());
    const parts = { config, signer, chain: this.#chain, database, log: this.#log };
    const validator = this.#world.use(await startValidator(parts));
    this.validatorUrl = validator.url;
    this.#keepRunning(validator.run(this.#stop.signal));
  }

  async #untilAnnounced(): Promise<void> {
    await until(async () => {
      const { neurons } = await this.#chain.metagraph({ netuid: toNetuid(READY_NETUID) });
      return neurons.filter(({ axon }) => axon !== undefined).length === MINERS.length + 1;
    });
  }

  /** Lets a loop run; that it ends with the test is no failure. */
  #keepRunning(loop: Promise<void>): void {
    loop.catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }
}

/** Waits for what comes to be, for half a minute. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it did not come to be in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
