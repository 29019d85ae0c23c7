import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromUri } from "@neurond/crypto";
import type { Hex, Hotkey } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import type { Database } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { shardsOf } from "@neurond/workload-storage/file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Crowd } from "../../validator/test/support/crowd.ts";
import type { Node } from "../../validator/test/support/node.ts";
import { NETUID, PLAN } from "../../validator/test/support/world.ts";
import { Config, NetworkVault, openNetwork, startStorageApi } from "../src/index.ts";

/** Nine more than hold a shard: so many are to be replaced. */
const HOLDERS = 33;
const RUNS = 2;
const BYTES = randomBytes(500_000);
const signer = keypairFromUri("//StorageNode");
const stop = new AbortController();

let crowd: Crowd;
let validator: Node;
let database: Database;
let network: ReturnType<typeof openNetwork>;
let vault: NetworkVault;
let api: Awaited<ReturnType<typeof startStorageApi>>;
let running: Promise<void>;
let id: Hex;

beforeAll(async () => {
  crowd = await Crowd.begin(Array.from({ length: HOLDERS }, (_, at) => `//Holder${at}`));
  validator = await crowd.world.start("//Validator1", {
    run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
    storage: { lostAfterRuns: RUNS },
  });
  await crowd.world.advanceTo((await crowd.world.head()) + 2, [validator]);
  database = await testDatabase();
  const config = Config.parse({
    netuid: NETUID,
    http: { host: "127.0.0.1", port: 0, requestsPerMinute: 100_000 },
    gateway: { enabled: false },
    cleaning: { everySeconds: 3600 },
    repair: { everySeconds: 0.2 },
    vault: { kind: "network", validators: [validator.url] },
  });
  network = openNetwork({ config, signer, database });
  vault = new NetworkVault({ ...network, rs: [10, 24], threads: 0, now: Date.now });
  const log = createLogger("test", "fatal");
  api = await startStorageApi({ config, signer, database, vault, network, version: "0", log });
  running = api.run(stop.signal);
}, 300_000);
afterAll(async () => {
  stop.abort();
  await running;
  await api[Symbol.asyncDispose]();
  network[Symbol.dispose]();
  await database[Symbol.asyncDispose]();
  await crowd[Symbol.asyncDispose]();
}, 120_000);

const within = () => AbortSignal.timeout(120_000);

async function health() {
  const [asked] = await network.validators.all(within());
  const [segment] = (await asked?.health(id, within()))?.segments ?? [];
  if (segment === undefined) throw new Error("there is no segment");
  return segment;
}

async function holders(): Promise<readonly Hotkey[]> {
  const file = await network.files.refresh(
    { fileId: id, validator: validator.validator.identity.hotkey },
    within(),
  );
  if (file === null) throw new Error("the file is gone");
  return shardsOf(file.checked, 0).map(({ miner }) => miner);
}

async function comesBack(): Promise<boolean> {
  return Buffer.concat(await Array.fromAsync(vault.get(id, null, within()))).equals(BYTES);
}

test("a file of ten of twenty-four is stored with as many miners", {
  timeout: 180_000,
}, async () => {
  const body = (async function* () {
    yield BYTES;
  })();
  id = (await vault.put(body, { name: "kept", signal: within() })).id as Hex;
  expect(new Set(await holders()).size).toBe(24);
  expect(await health()).toMatchObject({ live: 24, lost: [] });
});

test("when nine holders die, their silence is noticed and others take their shards", {
  timeout: 480_000,
}, async () => {
  const dead = (await holders()).slice(0, 9);
  await crowd.kill(dead);
  expect(await comesBack()).toBe(true);
  const begun = Math.ceil((await crowd.world.head()) / PLAN.blocks);
  await crowd.world.advanceTo((begun + RUNS + 1) * PLAN.blocks, [validator]);
  await validator.started.upkeep(within());
  const deadline = Date.now() + 120_000;
  while ((await health()).live < 24 && Date.now() < deadline) await sleep(200);
  expect(await health()).toMatchObject({ live: 24, lost: [] });
  const now = await holders();
  expect(now.filter((one) => dead.includes(one))).toEqual([]);
  expect(new Set(now).size).toBe(24);
});

test("fourteen of the twenty-four are not needed to read it", { timeout: 180_000 }, async () => {
  await crowd.kill((await holders()).slice(0, 14));
  expect(await comesBack()).toBe(true);
});
