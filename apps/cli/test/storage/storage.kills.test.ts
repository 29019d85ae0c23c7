import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hex } from "@neurond/primitives";
import type { ValidatorNetwork } from "@neurond/storage-client";
import { MinerPresence, openDatabase, RepairQueue, VaultFiles } from "@neurond/store";
import { shardsOf } from "@neurond/workload-storage/file";
import { expect, test } from "vitest";
import { COMPILE_CACHE, leashedArguments } from "../../src/commands/localnet/programs.ts";
import { PutShape } from "../../src/commands/store/schemas.ts";
import { seeded } from "../localnet/killer.ts";
import { run } from "../run.ts";
import { NodeClient } from "./node-client.ts";
import { NODE, StorageDaemons } from "./storage-daemons.ts";

const KILLS = Number(process.env["NEUROND_KILLS"] ?? 200);
const SEED = Number(process.env["KILLS_SEED"] ?? 1);
/** Everybody is killed as often as the others, whatever their number. */
const KINDS = ["client", "node", "validator", "miner", "postgres"] as const;
const MINERS = 6;
const RS = [2, 4] as const;
const LONGEST_FILE = 300_000;
/** A victim is there again for so long at most before the next one goes. */
const PAUSE_MS = 2_500;
/** Puts that are under way at the node at once. */
const AT_ONCE = 2;
/** Every so many kills something must have been acknowledged, unless nothing is for so long. */
const PROGRESS = { kills: 3, waitMs: 30_000 };
const CLIENT = "//Client";
const forever = new AbortController().signal;

const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** What somebody was told is stored, by name or id, and the hash of it. */
type Told = Map<string, string>;

test(`${KILLS} kills of clients, API node, validator, miners and Postgres, at moments of seed ${SEED}, lose nothing that was acknowledged`, {
  timeout: 600_000 + KILLS * 15_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), "neurond-storage-kills-"));
  await chmod(root, 0o755);
  await using daemons = await StorageDaemons.start({
    root,
    miners: MINERS,
    blockTimeMs: 2_000,
    rs: RS,
    // Runs are short here: who was killed for a few of them is no miner that is gone.
    validator: { storage: { lostAfterRuns: 1_000 } },
    node: { repair: { everySeconds: 1, threshold: 23 } },
  });
  const random = seeded(SEED);
  const stop = new AbortController();
  const node = new NodeClient(daemons, CLIENT);
  const [byNode, byClient]: [Told, Told] = [new Map(), new Map()];
  const client = new PuttingClient(daemons, root);
  const altered: string[] = [];
  const doing = Promise.all([
    readAgain(node, byNode, altered, stop.signal),
    damageSome(daemons, stop.signal),
    client.putAll(byClient, stop.signal),
    ...Array.from({ length: AT_ONCE }, (_, lane) => putByNode(node, byNode, lane, stop.signal)),
  ]);

  const told = () => byNode.size + byClient.size;
  let acknowledged = 0;
  const killed: Record<string, number> = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  for (let done = 0; done < KILLS; ) {
    await sleep(random() * PAUSE_MS);
    const kind = KINDS[Math.floor(random() * KINDS.length)] ?? "client";
    const name = kind === "miner" ? `miner-${Math.floor(random() * MINERS)}` : kind;
    if (!(kind === "client" ? client.kill() : await daemons.crash(name))) continue;
    killed[kind] = (killed[kind] ?? 0) + 1;
    done += 1;
    // What is not there again cannot be killed again; a database takes its daemons with it.
    if (kind !== "client") await sleep(100).then(() => daemons.allReady());
    if (done % PROGRESS.kills === 0) acknowledged = await moreThan(acknowledged, told);
    if (done % 20 === 0) process.stderr.write(`${done} kills, ${told()} files\n`);
  }
  stop.abort();
  const [reads, damaged] = await doing;
  await daemons.allReady();
  expect(altered, "files that came back with other bytes").toEqual([]);
  expect(Math.min(byNode.size, byClient.size, reads), "work done meanwhile").toBeGreaterThan(0);

  const lost: string[] = [];
  for (const [name, sha256] of byNode) {
    if (!(await comesBack(node, name, sha256))) lost.push(name);
  }
  for (const [id, sha256] of byClient) {
    const output = join(root, "back");
    const line = ["store", "get", id, "--uri", CLIENT, "--directory", client.records, "--output"];
    const { exitCode } = await run([...line, output, "--overwrite", "--json"]);
    if (exitCode !== 0 || digestOf(await readFile(output)) !== sha256) lost.push(id);
  }
  expect(lost, "acknowledged files that do not come back").toEqual([]);

  const calm = Date.now();
  const repaired = await allRepaired(daemons, node);
  expect(repaired).toBeGreaterThan(0);
  process.stderr.write(
    `${KILLS} kills ${JSON.stringify(killed)}: ${byNode.size} files by the node and ${byClient.size} by clients, ${reads} read meanwhile, ${damaged} shards damaged, ${repaired} segments repaired, all whole ${Math.round((Date.now() - calm) / 1000)} s after they were read back, 0 lost\n`,
  );
});

/** Waits until more was acknowledged than before, for a while; how much it is. */
async function moreThan(before: number, told: () => number): Promise<number> {
  const deadline = Date.now() + PROGRESS.waitMs;
  while (told() <= before && Date.now() < deadline) await sleep(100);
  return told();
}

/** Whether a file is given whole; a busy machine may take a few tries. */
async function comesBack(node: NodeClient, name: string, sha256: string): Promise<boolean> {
  for (let tries = 0; tries < 5; tries += 1) {
    const bytes = await node.get(name);
    if (bytes !== null) return digestOf(bytes) === sha256;
    await sleep(2_000);
  }
  return false;
}

async function putByNode(
  node: NodeClient,
  told: Told,
  lane: number,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; !signal.aborted; at += 1) {
    const bytes = randomBytes(Math.floor(Math.random() * LONGEST_FILE));
    const name = `file-${lane}-${at}`;
    if (await node.put(name, bytes)) told.set(name, digestOf(bytes));
    await sleep(200);
  }
}

/** Reads what was acknowledged; a refusal may be, other bytes may not. */
async function readAgain(
  node: NodeClient,
  told: Told,
  altered: string[],
  signal: AbortSignal,
): Promise<number> {
  let reads = 0;
  while (!signal.aborted) {
    await sleep(200);
    const names = [...told.keys()];
    const name = names[Math.floor(Math.random() * names.length)];
    const bytes = name === undefined ? null : await node.get(name);
    if (name === undefined || bytes === null) continue;
    reads += 1;
    if (digestOf(bytes) !== told.get(name)) altered.push(name);
  }
  return reads;
}

/** A person at the command line, who tries again what was cut short. */
class PuttingClient {
  readonly records: string;
  readonly #daemons: StorageDaemons;
  readonly #root: string;
  #child: ChildProcess | null = null;

  constructor(daemons: StorageDaemons, root: string) {
    this.#daemons = daemons;
    this.#root = root;
    this.records = join(root, "records");
  }

  /** Kills the put under way; false when there is none. */
  kill(): boolean {
    return this.#child?.kill("SIGKILL") ?? false;
  }

  async putAll(told: Told, signal: AbortSignal): Promise<void> {
    for (let at = 0; !signal.aborted; at += 1) {
      const path = join(this.#root, `own-${at}`);
      const bytes = randomBytes(Math.floor(Math.random() * LONGEST_FILE));
      await writeFile(path, bytes);
      for (let id: string | null = null; id === null && !signal.aborted; ) {
        id = await this.#put(path);
        if (id !== null) told.set(id, digestOf(bytes));
      }
    }
  }

  async #put(path: string): Promise<string | null> {
    const where = ["--validator", this.#daemons.validatorUrl.href, "--directory", this.records];
    const how = ["--rs", RS.join(","), "--segment-bytes", "65536", "--uri", CLIENT, "--json"];
    const args = leashedArguments("neurond", ["store", "put", path, ...where, ...how]);
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env["PATH"], HOME: this.#root, NODE_COMPILE_CACHE: COMPILE_CACHE },
      stdio: ["ignore", "pipe", "ignore", "ipc"],
    });
    this.#child = child;
    const ended = once(child, "exit");
    const said = child.stdout === null ? "" : await text(child.stdout);
    const [code] = await ended;
    this.#child = null;
    return code === 0 ? PutShape.parse(JSON.parse(said)).fileId : null;
  }
}

/** As if a shard of whole files had come back damaged, again and again; how many. */
async function damageSome(daemons: StorageDaemons, signal: AbortSignal): Promise<number> {
  let damaged = 0;
  while (!signal.aborted) {
    await sleep(2_000);
    const hasDamaged = await damageOne(daemons).catch(() => false);
    if (hasDamaged) damaged += 1;
  }
  return damaged;
}

async function damageOne(daemons: StorageDaemons): Promise<boolean> {
  const id = await anyFile(daemons);
  if (id === null) return false;
  const network = daemons.networkOf(NODE);
  const { segments } = await network.health(id, AbortSignal.timeout(10_000));
  // Two of four stay in any case: fewer could not be repaired by anybody.
  if (segments[0]?.live !== RS[1]) return false;
  const shards = shardsOf(await network.manifest(id, AbortSignal.timeout(10_000)), 0);
  const shard = shards[Math.floor(Math.random() * shards.length)];
  if (shard === undefined) return false;
  await using database = await open(daemons, "validator");
  await new MinerPresence(database.kysely).damaged(shard.shard_id as Hex, "test", Date.now());
  return true;
}

async function anyFile(daemons: StorageDaemons): Promise<Hex | null> {
  await using database = await open(daemons, "storage_api");
  const after = `0x${randomBytes(32).toString("hex")}`;
  const [file] = await new VaultFiles(database.kysely).page(after, 1);
  return (file?.fileId as Hex | undefined) ?? null;
}

const open = (daemons: StorageDaemons, schema: string) =>
  openDatabase({
    url: undefined,
    directory: daemons.database,
    schema,
    signal: AbortSignal.timeout(10_000),
  });

/** How many files lack shards. */
async function countWeak(network: ValidatorNetwork): Promise<number> {
  let weak = 0;
  for (let after: Hex | null = null; ; ) {
    const page: Awaited<ReturnType<ValidatorNetwork["endangered"]>> = await network.endangered(
      after,
      forever,
    );
    weak += page.files.length;
    if (page.next === null) return weak;
    after = page.next;
  }
}

/** Waits until all files have all their shards; how many segments were repaired for it. */
async function allRepaired(daemons: StorageDaemons, node: NodeClient): Promise<number> {
  const network = daemons.networkOf(NODE);
  await using database = await open(daemons, "storage_api");
  const deadline = Date.now() + 240_000;
  for (;;) {
    const weak = await countWeak(network);
    if (weak === 0 && (await node.waiting()) === 0) break;
    if (Date.now() > deadline) {
      const why = (await new RepairQueue(database.kysely).list(3)).map(({ detail }) => detail);
      throw new Error(`${weak} files are not repaired in time: ${why.join("; ")}`);
    }
    await sleep(1_000);
  }
  let repaired = 0;
  for (let after = ""; ; ) {
    const page = await new VaultFiles(database.kysely).page(after, 100);
    for (const { manifest } of page) repaired += JSON.parse(manifest).repairs?.length ?? 0;
    after = page.at(-1)?.fileId ?? "";
    if (after === "") return repaired;
  }
}
