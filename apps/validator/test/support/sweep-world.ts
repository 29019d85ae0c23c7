import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { type Document, decodeEntry, type Observation } from "@neurond/ledger";
import { hotkeyOf } from "@neurond/primitives";
import { putFile, ValidatorNetwork } from "@neurond/storage-client";
import { DOCUMENT, PlanBody } from "@neurond/workload-storage";
import { ownerKey } from "@neurond/workload-storage/file";
import { markBurned, TagPool } from "@neurond/workload-storage/io";
import { minerClient } from "../../src/storage/passing/miner-client.ts";
import { minerView } from "../../src/storage/passing/miner-view.ts";
import { TagRenewal } from "../../src/storage/sweep/renew-tags.ts";
import type { Node } from "./node.ts";
import { TaggedMiner } from "./tagged-miner.ts";
import { hotkey, type NodeOptions, PLAN, World } from "./world.ts";

export const VALIDATOR = "//Validator1";
export const URIS = ["//Miner1", "//Miner2", "//Miner3"] as const;
/** Two runs. */
export const PERIOD_BLOCKS = 2 * PLAN.blocks;

export const SWEEPING = {
  run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
  storage: { ttlBlocks: 4 * PERIOD_BLOCKS, sweep: { periodBlocks: PERIOD_BLOCKS } },
} satisfies NodeOptions;

/** What a test wants otherwise; `beacon` for a chain that plays drand itself. */
interface SweepOptions extends NodeOptions {
  readonly beacon?: boolean;
  readonly storage?: { readonly sweep?: object };
}

/** One validator that sweeps, three miners that keep tags, and periods of two runs. */
export class SweepWorld<Miner extends AsyncDisposable = TaggedMiner> implements AsyncDisposable {
  readonly world: World;
  readonly miners: readonly Miner[];
  node: Node;
  readonly #options: NodeOptions;
  readonly #directory: string;

  private constructor(
    world: World,
    miners: readonly Miner[],
    node: Node,
    options: NodeOptions,
    directory: string,
  ) {
    this.world = world;
    this.miners = miners;
    this.node = node;
    this.#options = options;
    this.#directory = directory;
  }

  /** Begins, and waits until the first commitments to periods are on chain. */
  static begin(options?: SweepOptions): Promise<SweepWorld>;
  static begin<Miner extends AsyncDisposable>(
    options: SweepOptions,
    startMiner: (world: World, uri: string) => Promise<Miner>,
  ): Promise<SweepWorld<Miner>>;
  static async begin(
    options: SweepOptions = {},
    startMiner: (world: World, uri: string) => Promise<AsyncDisposable> = TaggedMiner.start,
  ): Promise<SweepWorld<AsyncDisposable>> {
    const { beacon = false, ...own } = options;
    const world = await World.begin({ beacon });
    const directory = await mkdtemp(join(tmpdir(), "neurond-sweeps-"));
    const miners: AsyncDisposable[] = [];
    for (const uri of URIS) miners.push(await startMiner(world, uri));
    const merged = { ...SWEEPING, ...own };
    const sweep = { ...merged.storage.sweep, keyDirectory: join(directory, "secrets") };
    const all = { ...merged, storage: { ...merged.storage, sweep } };
    const node = await world.start(VALIDATOR, all);
    await node.announce();
    const self = new SweepWorld(world, miners, node, all, directory);
    const next = Math.ceil((await world.head()) / PLAN.blocks);
    await world.advanceTo(next * PLAN.blocks + PLAN.beaconLag + 2, [node]);
    return self;
  }

  /** Kills the validator and starts it again. */
  async restart(): Promise<void> {
    await this.node.crash();
    this.node = await this.world.start(VALIDATOR, this.#options);
    await this.node.announce();
  }

  /** Leaves word that a period's secret got out, as an operator would. */
  async burn(period: number): Promise<void> {
    await markBurned(join(this.#directory, "secrets"), hotkey(VALIDATOR), period);
  }

  /** The first run whose period was committed to before it began. */
  async firstSwept(): Promise<number> {
    const [plan] = await this.documents(DOCUMENT.plan);
    const first = PlanBody.parse(plan?.body).periods?.first ?? 0;
    return (first * PERIOD_BLOCKS) / PLAN.blocks;
  }

  /** Makes blocks until a run's tasks are put. */
  async probed(run: number): Promise<void> {
    await this.world.advanceTo(run * PLAN.blocks + PLAN.beaconLag + 3, [this.node]);
  }

  /** Stores a file, one whole copy on each miner. */
  async store(name: string, bytes: number): Promise<void> {
    const path = join(this.#directory, name);
    await writeFile(path, randomBytes(bytes));
    const client = keypairFromUri("//Client");
    const url = new URL(this.node.url);
    await putFile({
      source: path,
      name,
      rs: [1, 3],
      segmentBytes: 1_048_576,
      owner: hotkeyOf(client.publicKey),
      ownerKey: ownerKey(new Uint8Array(32).fill(7)),
      sign: (digest) => client.sign(digest),
      network: new ValidatorNetwork({ url, hotkey: hotkey(VALIDATOR), key: client }),
      threads: 0,
    });
  }

  /** One pass over what has no tags, or will soon have none. */
  async renewTags(): Promise<number> {
    const { validator } = this.node.started;
    const { identity, chain, discovery, sweeps, stores, metrics, log } = validator;
    if (sweeps === null) throw new Error("nothing is swept");
    await using pool = new TagPool({ workers: 1 });
    const client = minerClient(identity.signer, 10_000, discovery.fetch);
    const renewal = new TagRenewal({
      tags: { ...sweeps, identity, client, pool, grants: stores.grants, log },
      miners: minerView({ chain, identity, discovery }, 0n),
      client,
      metrics,
      ttlBlocks: 4 * PERIOD_BLOCKS,
    });
    const { number } = await this.world.chain.head();
    return await renewal.pass(number, AbortSignal.timeout(20_000));
  }

  async documents(type: string): Promise<readonly Document[]> {
    const entries = await this.#entries();
    return entries.flatMap((e) => (e?.kind === "document" && e.type === type ? [e] : []));
  }

  async observations(run: number): Promise<readonly Observation[]> {
    const entries = await this.#entries();
    return entries.flatMap((e) =>
      e?.kind === "observation" && e.run_id === `run-${run}` ? [e] : [],
    );
  }

  /** The outcomes of a run's slot by miner. */
  async outcomes(run: number, slot: number): Promise<Readonly<Record<string, string>>> {
    const seen = (await this.observations(run)).filter((each) => each.slot === slot);
    return Object.fromEntries(
      seen.map(({ miner, outcome }) => [
        URIS.find((uri) => hotkey(uri) === miner) ?? miner,
        outcome.kind,
      ]),
    );
  }

  async #entries() {
    const { log } = this.node.validator.stores;
    return (await log.read(0, await log.size())).map(decodeEntry);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const miner of this.miners) await miner[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The same outcome for every miner. */
export const all = (kind: string) => Object.fromEntries(URIS.map((uri) => [uri, kind]));

/** Turns one bit of the largest shard of a miner's. */
export async function flipOneBit({ directory }: TaggedMiner): Promise<void> {
  const found = await readdir(join(directory, "shards"), { recursive: true, withFileTypes: true });
  for (const name of found) {
    if (!name.isFile()) continue;
    await using file = await open(join(name.parentPath, name.name), "r+");
    if ((await file.stat()).size < 300_000) continue;
    const byte = new Uint8Array(1);
    await file.read(byte, 0, 1, 150_000);
    await file.write(Uint8Array.from([(byte[0] ?? 0) ^ 1]), 0, 1, 150_000);
    return;
  }
  throw new Error("there is no shard");
}
