import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type Chain, connectChain } from "@neurond/chain";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type Devnet, type DevnetOptions, READY_NETUID, startDevnet } from "@neurond/devnet";
import { type Hotkey, hotkeyOf, toNetuid } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import type { Database } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import type { ValidatorParts } from "../../src/index.ts";
import * as source from "../../src/index.ts";
import { Node } from "./node.ts";

export const NETUID = toNetuid(READY_NETUID);
/** Short runs that still have every phase. */
export const PLAN = { blocks: 24, beaconLag: 6, commitWindow: 8, revealWindow: 16 };
export const MINERS = ["//Miner1", "//Miner2", "//Miner3", "//Miner4"] as const;
export const VALIDATORS = ["//Validator1", "//Validator2", "//Validator3"] as const;

const keys = new Map<string, Keypair>();
/** The key of a URI; derived once, because tests ask for the same few all the time. */
export function key(uri: string): Keypair {
  const known = keys.get(uri) ?? keypairFromUri(uri);
  keys.set(uri, known);
  return known;
}
export const hotkey = (uri: string): Hotkey => hotkeyOf(key(uri).publicKey);

/** The chain refuses 127.0.0.1 as a place to serve at; Linux answers on all of 127. */
export const HOST =
  process.platform === "linux"
    ? "127.0.0.2"
    : (Object.values(networkInterfaces())
        .flat()
        .find((found) => found?.family === "IPv4" && !found.internal)?.address ?? "127.0.0.1");

/** A client of a chain that makes blocks when it likes. */
export const connectTo = (url: string): Promise<Chain> =>
  connectChain({
    endpoints: [url],
    stallMs: 0,
    timeoutMs: 30_000,
    writeTimeoutMs: 60_000,
    backoffMs: { first: 10, longest: 100 },
  });

/** What a test changes about a validator. */
export interface NodeOptions
  extends Partial<Pick<ValidatorParts, "chain" | "signScores" | "workloads" | "now">> {
  readonly run?: object;
  readonly weights?: object;
  readonly discovery?: object;
  readonly watchdog?: object;
  readonly exports?: object;
  readonly storage?: object;
  readonly rewards?: object;
  /** Options of a storage subnet, by name. */
  readonly options?: object;
  /** The validator's code, when it is not this one. */
  readonly code?: Pick<typeof source, "Config" | "startValidator">;
}

/** A chain with a ready subnet, and the databases of the validators on it. */
export class World implements AsyncDisposable {
  readonly net: Devnet;
  readonly chain: Chain;
  readonly #directory: string;
  readonly #databases = new Map<string, Promise<Database>>();
  readonly #resources = new AsyncDisposableStack();

  private constructor(net: Devnet, chain: Chain, directory: string) {
    this.net = net;
    this.chain = chain;
    this.#directory = directory;
  }

  static async begin(options: DevnetOptions = {}): Promise<World> {
    // Pulses cost more than the rest of an empty block, and only what is timelocked waits for them.
    const net = await startDevnet({ mode: "instant", preset: "subnet", beacon: false, ...options });
    const chain = await connectTo(net.url);
    return new World(net, chain, await mkdtemp(join(tmpdir(), "neurond-validator-")));
  }

  /** Whoever may change the subnet's parameters. */
  get root(): Keypair {
    return key("//Alice");
  }

  /** Starts a validator; one that was started before finds what it kept. */
  async start(uri: string, options: NodeOptions = {}): Promise<Node> {
    const { run, weights, discovery, watchdog, exports, storage, code = source, ...more } = options;
    const { rewards, options: own = {}, ...parts } = more;
    const known = this.#databases.get(uri) ?? testDatabase();
    this.#databases.set(uri, known);
    const config = code.Config.parse({
      netuid: NETUID,
      http: {
        host: HOST,
        port: 0,
        requestsPerMinute: 100_000,
        scoresPerMinute: 100_000,
        verifyWorkers: 0,
      },
      axon: { externalIp: HOST },
      run: { ...PLAN, beaconKind: "chain", minStakeTao: "500", ...run },
      weights,
      discovery,
      watchdog,
      storage,
      rewards,
      ...own,
      jobs: { directory: join(this.#directory, `${uri.slice(2)}-state`) },
      gossip: { allowPrivatePeers: true, timeoutSeconds: 2 },
      record: { archiveDirectory: join(this.#directory, uri.slice(2)) },
      exports: { directory: join(this.#directory, `${uri.slice(2)}-exports`), ...exports },
    });
    const log = createLogger(uri, process.env["TEST_LOG"] === undefined ? "fatal" : "debug");
    const database = await known;
    const signer = key(uri);
    const started = await code.startValidator({
      chain: this.chain,
      ...parts,
      config,
      signer,
      database,
      log,
    });
    return this.#resources.use(new Node(started, config, this.chain));
  }

  /** Says on chain that the miners serve somewhere; whether anybody does is another question. */
  async serveMiners(uris: readonly string[] = MINERS, port = 9): Promise<void> {
    for (const uri of uris) {
      const axon = { netuid: NETUID, version: 1, ip: HOST, port };
      const sent = await this.chain.serveAxon(key(uri), axon);
      if (sent.kind !== "included") throw new Error(`${uri}: ${JSON.stringify(sent)}`);
    }
  }

  async head(): Promise<number> {
    return (await this.chain.head()).number;
  }

  /** Makes blocks, and lets every node look at each of them in turn. */
  async advanceTo(block: number, nodes: readonly Node[]): Promise<void> {
    for (let head = await this.head(); head < block; head = await this.head()) {
      await this.net.newBlocks(1);
      await Promise.all(nodes.map((node) => node.look()));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
    await this.chain[Symbol.asyncDispose]();
    await this.net.close();
    for (const database of this.#databases.values()) {
      await (await database)[Symbol.asyncDispose]();
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}
