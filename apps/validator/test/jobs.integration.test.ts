import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeEntry } from "@neurond/ledger";
import { Secret } from "@neurond/runtime";
import {
  checkBatchEvent,
  checkSelection,
  openLine,
  SEED_TIERS,
  SelectionRecord,
  TASK,
  TaskEvent,
  TaskRecord,
} from "@neurond/storage-rules";
import { WandbReceiver } from "@neurond/testing/wandb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobParts } from "../src/jobs/job-parts.ts";
import { checkpoint, statistics, tellWeights } from "../src/jobs/keep-state.ts";
import { monitor } from "../src/jobs/monitor.ts";
import { openPublishing } from "../src/jobs/publish.ts";
import { retrieve } from "../src/jobs/retrieve.ts";
import { jobsOf, openJobParts } from "../src/jobs/run-jobs.ts";
import { storeRandom } from "../src/jobs/store-random.ts";
import { takers } from "../src/rewards/live-book.ts";
import { storageRoutes } from "../src/storage/passing/routes.ts";
import type { Node } from "./support/node.ts";
import { RealMiner } from "./support/real-miner.ts";
import { hotkey, MINERS, World } from "./support/world.ts";

const VALIDATOR = "//Validator1";
const OPTIONS = {
  "neuron.maxsize": 50_000,
  "neuron.disable_log_rewards": false,
  "neuron.max_failed_pings": 0,
  "wandb.project_name": "trial",
  "wandb.notes": "by hand",
};

let world: World;
let node: Node;
let directory: string;
let parts: JobParts;
const resources = new AsyncDisposableStack();
const miners: RealMiner[] = [];

beforeAll(async () => {
  world = await World.begin();
  directory = await mkdtemp(join(tmpdir(), "neurond-jobs-"));
  for (const uri of MINERS) miners.push(await RealMiner.start(world, uri));
  node = await world.start(VALIDATOR, {
    run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
    options: OPTIONS,
  });
  await node.announce();
  for (let tries = 0; tries < 100; tries += 1) {
    const { neurons } = await world.chain.metagraph({ netuid: node.validator.identity.netuid });
    if (neurons.filter(({ axon }) => axon !== undefined).length === MINERS.length + 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await node.look();
  const { config } = node;
  const head = () => node.validator.chain.status().best?.number ?? (0 as never);
  const routes = storageRoutes(node.validator, config, head, resources);
  const nobodyIsFull = async () => new Set<never>();
  const giving = { ...routes, miners: takers(routes.miners, nobodyIsFull) };
  parts = await openJobParts(node.validator, { config, directory, giving, head }, resources);
});
afterAll(async () => {
  await resources.disposeAsync();
  for (const miner of miners) await miner[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const run = () => ({
  block: parts.head(),
  signal: AbortSignal.timeout(60_000),
  limit: <Value>(work: () => Promise<Value>) => work(),
});

async function lines() {
  const text = await readFile(join(directory, "events.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => openLine(line)?.record);
}
const events = async (task: string) =>
  (await lines()).flatMap((record) => {
    const parsed = TaskEvent.safeParse(record);
    return parsed.success && parsed.data.task_name === task ? [parsed.data] : [];
  });

async function tasks(): Promise<readonly TaskRecord[]> {
  const { log } = node.validator.stores;
  const texts = await log.read(0, await log.size());
  return texts.map(decodeEntry).flatMap((entry) => {
    return entry?.kind === "document" && entry.type === TASK ? [TaskRecord.parse(entry.body)] : [];
  });
}

describe("a validator's jobs", () => {
  test("store random bytes on drawn miners, and what became of it is in the log", async () => {
    await storeRandom(parts, run());
    const [record] = await tasks();
    expect(record?.task).toBe("store");
    expect(record?.answers.map(({ is_success }) => is_success)).toEqual(MINERS.map(() => true));
    for (const { bytes } of record?.answers ?? []) expect(bytes).toBeLessThanOrEqual(50_000);
    const owed = await node.validator.stores.shards.owed(hotkey(VALIDATOR), parts.head());
    expect([...owed.keys()].sort()).toEqual(MINERS.map(hotkey).sort());
  });

  test("bring pieces back, and a miner that lost its own has failed", async () => {
    await retrieve(parts, run());
    const [loser] = miners;
    await rm(join(loser?.directory ?? "", "shards"), { recursive: true, force: true });
    await retrieve(parts, run());
    const [, before, after] = await tasks();
    expect(before?.answers.map(({ is_success }) => is_success)).toEqual(MINERS.map(() => true));
    const failed = after?.answers.filter(({ is_success }) => !is_success).map(({ miner }) => miner);
    expect(failed).toEqual([hotkey(MINERS[0])]);
    const [, said] = await events("Retrieve");
    const lost = said?.hotkeys.indexOf(hotkey(MINERS[0])) ?? -1;
    expect(said?.rewards[lost]).toBeCloseTo(-0.05 * 0.333, 6);
    for (const event of await events("Retrieve")) {
      expect(checkBatchEvent(event, SEED_TIERS)).toBeNull();
    }
  });

  test("ping miners, and one that is silent too often is down and loses by it", async () => {
    await monitor(parts, run());
    await miners[3]?.[Symbol.asyncDispose]();
    await monitor(parts, run());
    const [well, down] = await events("Monitor");
    expect(well?.successful).toEqual(MINERS.map(() => true));
    expect(well?.rewards).toEqual(MINERS.map(() => 0));
    const silent = down?.hotkeys.indexOf(hotkey(MINERS[3])) ?? -1;
    expect([down?.successful[silent], down?.rewards[silent]]).toEqual([false, -0.005]);
  });

  test("draw so that anybody can draw again", async () => {
    const drawn = (await lines()).flatMap((record) => {
      const parsed = SelectionRecord.safeParse(record);
      return parsed.success ? [parsed.data] : [];
    });
    expect(drawn.map(({ purpose }) => purpose)).toEqual([
      "store",
      "retrieve",
      "retrieve",
      "monitor",
      "monitor",
    ]);
    for (const record of drawn) expect(checkSelection(record)).toBeNull();
  });

  test("write state, totals and counters where people look for them", async () => {
    await checkpoint(parts, run());
    await statistics(parts, run());
    await tellWeights(parts, run());
    const state = JSON.parse(await readFile(join(directory, "state.json"), "utf8"));
    expect(state.statistics[hotkey(MINERS[0])]).toMatchObject({
      store_successes: "1",
      retrieve_attempts: "2",
      retrieve_successes: "1",
      tier: "Bronze",
    });
    const totals = await readFile(join(directory, "total_storage.csv"), "utf8");
    expect(totals).toMatch(/^total_storage,timestamp\n\d+,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$/);
    const inside = join(directory, "published", "trial");
    expect((await readdir(inside)).sort()).toEqual(["history.jsonl", "miner_stats.json"]);
    const [heading] = (await readFile(join(inside, "history.jsonl"), "utf8")).split("\n");
    expect(JSON.parse(heading ?? "")._run).toMatchObject({ project: "trial", notes: "by hand" });
  });

  test("publish no more than is meant for outsiders", async () => {
    const text = await readFile(join(directory, "published", "trial", "history.jsonl"), "utf8");
    expect(text).not.toMatch(/shard|file_id|"candidates"|task_status_messages/);
  });

  test("publish the same to wandb, where a key is given, and with wandb.offline do not", async () => {
    const key = "k".repeat(40);
    await using receiver = await WandbReceiver.start(key);
    const wandb = { apiKey: new Secret(key), baseUrl: receiver.url };
    const about = { config: { ...parts.config, wandb }, directory: join(directory, "online") };
    const published = await openPublishing(node.validator, about, resources);
    await monitor({ ...parts, ...published }, run());
    await statistics({ ...parts, ...about, ...published }, run());
    const stop = new AbortController();
    const following = published.outbox?.follow(stop.signal);
    const uploaded = () => [...receiver.runs.values()][0]?.uploaded.size;
    await expect.poll(uploaded, { timeout: 15_000 }).toBe(2);
    stop.abort();
    await following;
    const [received] = receiver.runs.values();
    expect(received?.about).toMatchObject({ project: "trial", notes: "by hand" });
    expect(received?.about["tags"]).toContain(hotkey(VALIDATOR));
    expect(received?.history).toMatchObject([{ _step: 0, task_name: "Monitor" }]);
    expect(received?.files.get("total_storage.csv")).toMatch(/^total_storage,timestamp\n\d+/);
    expect(received?.isComplete).toBe(true);
    expect(receiver.faults).toEqual([]);
    const config = { ...about.config, "wandb.offline": true };
    const offline = await openPublishing(node.validator, { ...about, config }, resources);
    expect(offline.outbox).toBeNull();
  });

  test("are run by the cadences of their options", () => {
    const cadences = Object.fromEntries(
      jobsOf(parts).map(({ name, everyBlocks }) => [name, everyBlocks]),
    );
    expect(cadences).toMatchObject({ monitor: 15, retrieve: 15, checkpoint: 100 });
    expect(cadences).not.toHaveProperty("store");
    const config = {
      ...parts.config,
      "neuron.blocks_per_step": 2,
      "neuron.store_step_length": 7,
      jobs: { ...parts.config.jobs, testData: true },
    };
    expect(jobsOf({ ...parts, config }).find(({ name }) => name === "store")?.everyBlocks).toBe(14);
  });
});
