import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromUri } from "@neurond/crypto";
import { type Devnet, READY_NETUID, startDevnet } from "@neurond/devnet";
import { type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import { ValidatorNetwork } from "@neurond/storage-client";
import { stopEmbedded } from "@neurond/store";
import { isReadyAt } from "../../src/commands/localnet/fetch-json.ts";
import { freePorts } from "../../src/commands/localnet/ports.ts";
import {
  COMPILE_CACHE,
  leashedArguments,
  type Program,
} from "../../src/commands/localnet/programs.ts";
import { type Daemon, Supervisor } from "../../src/commands/localnet/supervisor.ts";

const HOST = "127.0.0.2"; // the chain takes no 127.0.0.1
const ONE_TAO = 1_000_000_000n;
/** So many processes are started side by side: each compiles what it runs. */
const AT_ONCE = 3;
const MANY = 1_000_000;

export const VALIDATOR = "//Validator1";
export const NODE = "//StorageNode";
const hotkeyAt = (uri: string): Hotkey => hotkeyOf(keypairFromUri(uri).publicKey);

export interface DaemonsOptions {
  /** Where everything is kept; other users must be able to pass through it, for the database's sake. */
  readonly root: string;
  readonly miners: number;
  readonly blockTimeMs: number;
  /** Settings of a daemon beside those that it needs. */
  readonly validator?: object;
  readonly miner?: object;
  readonly node?: object;
  /** How the node codes what it stores; by size when absent. */
  readonly rs?: readonly [number, number];
}

/**
 * A subnet as operators run it: a validator, miners, an API node on their network and Postgres, each a
 * process of its own on loopback, started again when it ends. Only the chain is in this process.
 */
export class StorageDaemons implements AsyncDisposable {
  readonly #options: DaemonsOptions;
  readonly #devnet: Devnet;
  readonly #ports: Readonly<Record<string, number>>;
  readonly #supervisor = new Supervisor(() => undefined);
  readonly #aheadMs = new Map<string, number>();

  private constructor(
    options: DaemonsOptions,
    devnet: Devnet,
    ports: Readonly<Record<string, number>>,
  ) {
    this.#options = options;
    this.#devnet = devnet;
    this.#ports = ports;
  }

  static async start(options: DaemonsOptions): Promise<StorageDaemons> {
    const miners = minerNames(options.miners);
    const devnet = await startDevnet({
      preset: "subnet",
      blockTimeMs: options.blockTimeMs,
      subnets: [subnetOf(miners)],
    });
    const ports = await freePorts(HOST, ["validator", "node", "gateway", ...miners]);
    const self = new StorageDaemons(options, devnet, ports);
    try {
      await self.#startAll();
      return self;
    } catch (error) {
      await self[Symbol.asyncDispose]();
      throw error;
    }
  }

  get chainUrl(): string {
    return this.#devnet.url;
  }

  get validatorUrl(): URL {
    return this.#urlOf("validator");
  }

  get nodeUrl(): URL {
    return this.#urlOf("node");
  }

  get gatewayUrl(): URL {
    return this.#urlOf("gateway");
  }

  /** Where a daemon keeps what it keeps. */
  directoryOf(name: string): string {
    return join(this.#options.root, name);
  }

  /** What a daemon wrote so far. */
  logOf(name: string): Promise<string> {
    return readFile(this.#log(name), "utf8");
  }

  /** The validator, for the client of a key. */
  networkOf(uri: string): ValidatorNetwork {
    return new ValidatorNetwork({
      url: this.validatorUrl,
      hotkey: hotkeyAt(VALIDATOR),
      key: keypairFromUri(uri),
    });
  }

  minerOf(hotkey: Hotkey): string {
    const found = this.minerNames.find((name) => hotkeyAt(uriOf(name)) === hotkey);
    if (found === undefined) throw new Error(`${hotkey} is no miner of this subnet`);
    return found;
  }

  /** Ends a process as a crash does; it is started again, and false when it is just not there. */
  async crash(name: string): Promise<boolean> {
    const pid = name === "postgres" ? await this.#postgres() : this.#status(name)?.pid;
    if (pid === undefined) return false;
    try {
      process.kill(pid, "SIGKILL");
      return true;
    } catch {
      return false;
    }
  }

  /** Ends a process for good. */
  kill(name: string): Promise<void> {
    return this.#supervisor.kill(name);
  }

  /** Ends a daemon and starts it again with a clock that is ahead by so much, or behind. */
  async setClock(name: string, aheadMs: number): Promise<void> {
    this.#aheadMs.set(name, aheadMs);
    await this.kill(name);
    await this.revive([name]);
  }

  /** Starts daemons again that were killed for good. */
  async revive(names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const daemons = names.slice(at, at + AT_ONCE).map((name) => this.#daemonOf(name));
      await this.#supervisor.start(await Promise.all(daemons), new AbortController().signal);
    }
  }

  get minerNames(): readonly string[] {
    return minerNames(this.#options.miners);
  }

  /** Where the database of all of them is. */
  get database(): string {
    return join(this.#options.root, "postgres");
  }

  /** Bytes of shards that a miner has on its disk. */
  async heldBy(miner: string): Promise<number> {
    const directory = join(this.directoryOf(miner), "shards");
    const names = await readdir(directory, { recursive: true }).catch(() => []);
    const sizes = names
      .filter((name) => name.endsWith(".shard"))
      .map(async (name) => {
        const found = await stat(join(directory, name)).catch(() => null);
        return found?.size ?? 0;
      });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** Waits until every daemon accepts work again. */
  async allReady(waitMs = 300_000): Promise<void> {
    const deadline = Date.now() + waitMs;
    for (const name of ["validator", "node", ...this.minerNames]) {
      while (!(await this.isReady(name))) {
        if (Date.now() > deadline)
          throw new Error(`${name} is not ready: ${await this.#tail(name)}`);
        await sleep(100);
      }
    }
  }

  isReady(name: string): Promise<boolean> {
    return isReadyAt(this.#urlOf(name), new AbortController().signal).catch(() => false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervisor.stop();
    await stopEmbedded(this.database, AbortSignal.timeout(20_000)).catch(() => undefined);
    await this.#devnet.close();
    await rm(this.#options.root, { recursive: true, force: true });
  }

  #urlOf(name: string): URL {
    return new URL(`http://${HOST}:${this.#ports[name]}`);
  }

  #log(name: string): string {
    return join(this.#options.root, `${name}.log`);
  }

  #status(name: string) {
    return this.#supervisor.statuses.find((one) => one.name === name);
  }

  async #tail(name: string): Promise<string> {
    return (await this.logOf(name).catch(() => "")).slice(-2_000);
  }

  async #postgres(): Promise<number | undefined> {
    const file = join(this.database, "data/postmaster.pid");
    const [line] = (await readFile(file, "utf8").catch(() => "")).split("\n");
    return line ? Number(line) : undefined;
  }

  async #startAll(): Promise<void> {
    await this.revive(["validator", "node"]);
    await this.revive(this.minerNames);
    const network = this.networkOf("//Client");
    const deadline = Date.now() + 120_000;
    const serving = () => network.serving(AbortSignal.timeout(10_000)).catch(() => 0);
    while ((await serving()) < this.minerNames.length) {
      if (Date.now() > deadline) throw new Error("not all miners serve");
      await sleep(500);
    }
  }

  async #daemonOf(name: string): Promise<Daemon> {
    const { root } = this.#options;
    await mkdir(root, { recursive: true });
    const [program, uri, settings] = this.#settingsOf(name);
    const file = join(root, `${name}.yaml`);
    // JSON is YAML.
    await writeFile(file, JSON.stringify(settings));
    return {
      name,
      args: [...clockArguments(this.#aheadMs.get(name) ?? 0), ...leashedArguments(program, [file])],
      env: {
        PATH: process.env["PATH"],
        HOME: root,
        BT_HOTKEY_URI: uri,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
      },
      cwd: root,
      log: this.#log(name),
      isReady: (signal) => isReadyAt(this.#urlOf(name), signal),
    };
  }

  #settingsOf(name: string): readonly [Program, string, object] {
    const { validator, miner, node } = this.#options;
    if (name === "validator")
      return ["validator", VALIDATOR, { ...this.#validator(), ...validator }];
    if (name === "node") return ["storage-api", NODE, { ...this.#node(), ...node }];
    return ["miner", uriOf(name), { ...this.#miner(name), ...miner }];
  }

  #neuron(name: string): object {
    return {
      netuid: READY_NETUID,
      chain: { endpoint: this.#devnet.url },
      http: { host: HOST, port: this.#ports[name], requestsPerMinute: MANY },
      axon: { externalIp: HOST },
      watchdog: { warnSeconds: 60, limitSeconds: 600 },
    };
  }

  #validator(): object {
    const at = (folder: string) => join(this.directoryOf("validator"), folder);
    return {
      ...this.#neuron("validator"),
      database: { directory: this.database, schema: "validator" },
      gossip: { allowPrivatePeers: true },
      run: {
        ...{ blocks: 24, beaconLag: 6, commitWindow: 8, revealWindow: 16 },
        beaconKind: "chain",
        minStakeTao: "2500",
      },
      record: { archiveDirectory: at("archive") },
      exports: { directory: at("exports") },
      jobs: { directory: at("state") },
    };
  }

  #miner(name: string): object {
    const report = { enabled: false };
    return {
      ...this.#neuron(name),
      storage: { directory: this.directoryOf(name), keepFreeBytes: 0 },
      report,
    };
  }

  #node(): object {
    const { rs } = this.#options;
    return {
      netuid: READY_NETUID,
      database: { directory: this.database, schema: "storage_api" },
      http: { host: HOST, port: this.#ports["node"], requestsPerMinute: MANY },
      gateway: { host: HOST, port: this.#ports["gateway"], requestsPerMinute: MANY },
      access: { openAccess: true },
      vault: { kind: "network", validators: [this.validatorUrl.href], ...(rs && { rs }) },
      repair: { everySeconds: 1 },
    };
  }
}

/** Arguments for Node that put a process's clock forward: it knows no other. */
export function clockArguments(aheadMs: number): readonly string[] {
  if (aheadMs === 0) return [];
  const source = `const now = Date.now; Date.now = () => now() + ${aheadMs};`;
  return ["--import", `data:text/javascript,${encodeURIComponent(source)}`];
}

const minerNames = (count: number) => Array.from({ length: count }, (_, at) => `miner-${at}`);
const uriOf = (miner: string) => `//Holder/${miner}`;

/** One validator with a permit, and miners of as many coldkeys. */
function subnetOf(miners: readonly string[]) {
  const account = (uri: string) => toHex(keypairFromUri(uri).publicKey);
  const validator = { hotkey: account(VALIDATOR), coldkey: account("//Bob") };
  const neurons = [
    { ...validator, stakeRao: 3_000n * ONE_TAO, validatorPermit: true },
    ...miners.map(uriOf).map((uri) => ({ hotkey: account(uri), coldkey: account(`${uri}//cold`) })),
  ];
  const owner = { coldkey: account("//Alice"), hotkey: account("//Owner") };
  return {
    ...{ netuid: READY_NETUID, owner, tempo: 20, commitReveal: false, immunityPeriod: 0 },
    ...{ neurons, maxUids: neurons.length, servingRateLimit: 0 },
  };
}
