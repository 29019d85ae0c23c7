import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, fromHex, type Hex, hotkeyOf, toHex } from "@neurond/primitives";
import { createLogger, createRegistry } from "@neurond/runtime";
import { vaultContract } from "@neurond/s3/vault-contract";
import {
  AnyValidator,
  newestOf,
  putFile,
  StoredFileReader,
  ValidatorNetwork,
} from "@neurond/storage-client";
import { type Database, PostgresObjectIndex, RepairQueue } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import {
  decodeManifest,
  entrust,
  type Manifest,
  nextRevision,
  ownerKey,
  shardsOf,
  sharingKeys,
  signManifest,
  type UnsignedManifest,
  withdraw,
} from "@neurond/workload-storage/file";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Crowd } from "../../validator/test/support/crowd.ts";
import type { Node } from "../../validator/test/support/node.ts";
import { NETUID } from "../../validator/test/support/world.ts";
import {
  Config,
  Custodian,
  NetworkVault,
  openNetwork,
  Repairs,
  startStorageApi,
} from "../src/index.ts";
import { createMetrics } from "../src/metrics.ts";
import { releaseOverdue } from "../src/repair/release-overdue.ts";
import { renewDue } from "../src/repair/renew-due.ts";
import { thresholdOf } from "../src/repair/threshold.ts";
import { alice, ask, nameOf } from "./harness.ts";

/** As often as a repairing node is killed; NEUROND_KILLS=200 for the long run. */
const KILLS = Number(process.env["NEUROND_KILLS"] ?? 5);
const TTL = 100;
const SCHEMA = `test_node_${randomBytes(5).toString("hex")}`;
const SMALL = { rs: [2, 4] as const, segmentBytes: 150_000 };
const signer = keypairFromUri("//StorageNode");
const signal = new AbortController().signal;

/** They set no weights here, and blocks pass by the hundred. */
const QUIET = { run: { minStakeTao: "2500" }, weights: { silentTempos: 1_000 } };

let crowd: Crowd;
let validator: Node;
/** Keeps copies, where a test says so. */
let second: Node;
let database: Database;

beforeAll(async () => {
  crowd = await Crowd.begin(
    Array.from({ length: 8 }, (_, at) => `//Holder${at}`),
    ["//Validator1", "//Validator2"],
  );
  [validator, second, database] = await Promise.all([
    crowd.world.start("//Validator1", { ...QUIET, storage: { ttlBlocks: TTL } }),
    crowd.world.start("//Validator2", QUIET),
    testDatabase({ schema: SCHEMA }),
  ]);
  await look();
}, 180_000);
afterAll(async () => {
  await crowd[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A port at which nobody listens now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lets blocks pass, and the validator look after its files. */
async function look(blocks = 10): Promise<void> {
  await crowd.world.net.newBlocks(blocks);
  const { number } = await crowd.world.chain.head();
  for (const node of [validator, second]) node.started.saw(number);
  await validator.started.upkeep(signal);
}

function nodeOn(store: Database, urls: readonly string[] = [validator.url], now = Date.now) {
  const vault = { kind: "network" as const, validators: [...urls] };
  const network = openNetwork({
    config: Config.parse({ netuid: NETUID, vault }),
    signer,
    database: store,
  });
  const queue = new RepairQueue(store.kysely);
  const parts = { ...network, queue, metrics: createMetrics(createRegistry("test")) };
  return {
    ...network,
    queue,
    vault: new NetworkVault({ ...network, ...SMALL, threads: 0, now: Date.now }),
    repairs: new Repairs(
      { ...parts, log: createLogger("test", "fatal"), now },
      { threshold: 23, bytesPerSecond: 1e9, atOnce: 1, everyMs: 100 },
    ),
  };
}

type ApiNode = ReturnType<typeof nodeOn>;

async function* single(bytes: Uint8Array) {
  yield bytes;
}
const put = ({ vault }: ApiNode, bytes: Uint8Array) =>
  vault.put(single(bytes), { name: "n", signal });
const read = async ({ vault }: ApiNode, id: string) =>
  Buffer.concat(await Array.fromAsync(vault.get(id, null, signal)));
const manifestOf = async ({ stored }: ApiNode, id: string) => {
  const row = await stored.get(id as Hex);
  return decodeManifest(row?.manifest ?? "", verifySr25519Fast);
};

/** As if some shards of a file had come back damaged when the validator looked. */
async function damage(id: string, indices: readonly number[]): Promise<void> {
  const { stores, identity } = validator.validator;
  const text = (await stores.manifests.get(id))?.text ?? "";
  const manifest = decodeManifest(text, verifySr25519Fast);
  for (const { i, shard_id } of shardsOf(manifest, 0)) {
    if (indices.includes(i)) await stores.presence.damaged(shard_id, "test", Date.now());
  }
  expect(identity.netuid).toBe(NETUID);
}

/** Looks, and repairs until nothing waits. */
async function repairAll({ repairs, queue }: ApiNode): Promise<void> {
  await queue.reclaim(Date.now());
  await repairs.look(signal);
  while (await repairs.repairNext(signal));
}

describe("the vault on the miners' network", () => {
  for (const { name, run } of vaultContract) {
    test(name, async () => {
      await run({
        vault: nodeOn(database).vault,
        reopen: async () => nodeOn(database).vault,
        usedBytes: async () => crowd.usedBytes(),
      });
    });
  }

  test("takes back what a body that ends too early had stored already", async () => {
    const { vault } = nodeOn(database);
    const before = crowd.usedBytes();
    let seen = 0;
    async function* broken() {
      for (let at = 0; at < 4; at += 1) {
        yield randomBytes(100_000);
        // The segments before this one are on their way.
        for (let tries = 0; at === 3 && seen === 0 && tries < 200; tries += 1) {
          await sleep(10);
          seen = crowd.usedBytes() - before;
        }
      }
      throw new Error("the sender left");
    }
    await expect(vault.put(broken(), { name: "n", signal })).rejects.toThrow("the sender left");
    expect(seen).toBeGreaterThan(0);
    // What was on its way to a miner just then, the validator has it forget a little later.
    for (let tries = 0; tries < 5 && crowd.usedBytes() > before; tries += 1) await look();
    expect(crowd.usedBytes()).toBe(before);
  });

  test("lists what this node stored, and nothing of other nodes", async () => {
    await using other = await testDatabase();
    const [mine, theirs] = [nodeOn(database), nodeOn(other)];
    const { id } = await put(mine, randomBytes(1000));
    expect((await Array.fromAsync(mine.vault.found())).map((found) => found.id)).toContain(id);
    expect((await read(theirs, id)).length).toBe(1000);
    expect(await Array.fromAsync(theirs.vault.found())).toEqual([]);
  });

  test("is served by another node of the same hotkey, from what its validator keeps", async () => {
    const bytes = randomBytes(300_000);
    const { id } = await put(nodeOn(database), bytes);
    await using other = await testDatabase();
    expect((await read(nodeOn(other), id)).equals(bytes)).toBe(true);
  });

  test("is served while the validator it was stored through is away, by any node of the hotkey", async () => {
    const bytes = randomBytes(300_000);
    const { id } = await put(nodeOn(database, [validator.url, second.url]), bytes);
    await using empty = await testDatabase();
    const left = ["http://127.0.0.1:9", second.url];
    for (const store of [empty, database]) {
      expect((await read(nodeOn(store, left), id)).equals(bytes)).toBe(true);
    }
    // It cannot be deleted where it is not: that is tried again.
    await expect(nodeOn(database, left).vault.remove(id, signal)).rejects.toMatchObject({
      code: "NETWORK_AWAY",
    });
    await nodeOn(database, [validator.url, second.url]).vault.remove(id, signal);
    expect(await nodeOn(empty, left).files.find(id as Hex, signal)).toBeNull();
  });

  test("is stored without those who do not answer, and they are given its manifest when they do again", async () => {
    const port = await freePort();
    const late = `http://127.0.0.1:${port}`;
    const { validators } = nodeOn(database, [validator.url, late]);
    const manifest = await manifestOf(
      nodeOn(database),
      (await put(nodeOn(database), randomBytes(10))).id,
    );
    const home = validator.validator.identity.hotkey;
    expect(await validators.copy(manifest, home, signal)).toBe(0);
    const { copies } = second.validator.stores;
    expect(await copies.of(manifest.id)).toEqual([]);
    // A way to the second validator, under the address that was silent.
    const server = createServer((from) => {
      const to = connect(Number(new URL(second.url).port), new URL(second.url).hostname);
      from.pipe(to).pipe(from);
      for (const one of [from, to]) one.on("error", () => one.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    try {
      expect(await validators.copy(manifest, home, signal)).toBe(0);
      await validators.all(signal);
      expect(await validators.copy(manifest, home, signal)).toBe(1);
      expect(await copies.of(manifest.id)).toHaveLength(1);
    } finally {
      server.close();
    }
  });

  test("stores through the next validator when the first is away", async () => {
    const node = nodeOn(database, ["http://127.0.0.1:9", validator.url]);
    const bytes = randomBytes(1000);
    const { id } = await put(node, bytes);
    expect((await read(node, id)).equals(bytes)).toBe(true);
    const nobody = nodeOn(database, ["http://127.0.0.1:9"]);
    await expect(put(nobody, bytes)).rejects.toMatchObject({ code: "NETWORK_AWAY" });
  });
});

test("a whole node puts, gives, lists and makes its repairs", async () => {
  const config = Config.parse({
    netuid: NETUID,
    http: { host: "127.0.0.1", port: 0, requestsPerMinute: 100_000 },
    gateway: { enabled: false },
    access: { whitelist: [nameOf(alice)] },
    cleaning: { everySeconds: 3600 },
    repair: { everySeconds: 0.1, threshold: 23 },
    vault: { kind: "network", validators: [validator.url] },
  });
  await using own = await testDatabase();
  using network = openNetwork({ config, signer, database: own });
  const vault = new NetworkVault({ ...network, ...SMALL, threads: 0, now: Date.now });
  const log = createLogger("test", "fatal");
  const parts = { config, signer, database: own, vault, network, version: "0", log };
  await using api = await startStorageApi(parts);
  const bytes = randomBytes(90_000);
  const path = "/v1/files/report.pdf";
  expect((await ask({ api }, alice, { method: "PUT", path, body: bytes })).status).toBeLessThan(
    300,
  );
  const [file] = await network.stored.page("", 10);
  await damage(file?.fileId ?? "", [2]);
  const queue = new RepairQueue(own.kysely);
  const [validatorOf] = await network.validators.all(signal);
  const weak = await validatorOf?.health(file?.fileId as Hex, signal);
  expect(weak?.segments).toMatchObject([{ live: 3, lost: [{ i: 2, reason: "damaged" }] }]);
  await queue.offer(
    [
      {
        fileId: file?.fileId as Hex,
        segment: 0,
        validator: file?.validator ?? "",
        k: 2,
        n: 4,
        live: 3,
        lost: [2],
      },
    ],
    Date.now(),
  );
  const listed = (await ask({ api }, alice, { path: "/v1/repairs" })).json();
  expect(listed).toMatchObject({
    waiting: 1,
    least_spare: 1,
    repairs: [{ file_id: file?.fileId, segment: 0, live: 3, k: 2, n: 4, failures: 0 }],
  });
  const stop = new AbortController();
  const running = api.run(stop.signal);
  for (let tries = 0; tries < 200 && (await queue.standing()).waiting > 0; tries += 1)
    await sleep(50);
  stop.abort();
  await running;
  expect((await queue.standing()).waiting).toBe(0);
  const back = await ask({ api }, alice, { path });
  expect(Buffer.from(back.body).equals(bytes)).toBe(true);
});

describe("repairs", () => {
  test("bring a file back to all its shards, with what its owner stored", async () => {
    const node = nodeOn(database);
    const bytes = randomBytes(200_000);
    const { id } = await put(node, bytes);
    const before = await manifestOf(node, id);
    await damage(id, [0, 1]);
    await repairAll(node);
    const after = await manifestOf(node, id);
    const plain = (manifest: typeof before) => shardsOf(manifest, 0).map((s) => s.plain_root);
    expect(plain(after)).toEqual(plain(before));
    expect(shardsOf(after, 0)[0]?.miner).not.toBe(shardsOf(before, 0)[0]?.miner);
    const [network] = await node.validators.all(signal);
    expect((await network?.health(id as Hex, signal))?.segments[0]).toMatchObject({ live: 4 });
    expect((await node.queue.standing()).waiting).toBe(0);
    expect((await read(node, id)).equals(bytes)).toBe(true);
  });

  test("are put off where too few shards are left, and never queued twice", async () => {
    const node = nodeOn(database);
    const { id } = await put(node, randomBytes(1000));
    await damage(id, [0, 1]);
    const manifest = await manifestOf(node, id);
    for (const { miner, shard_id } of shardsOf(manifest, 0)) {
      await crowd.miners
        .get(miner)
        ?.shards.delete(Buffer.from(fromHex(shard_id)).toString("hex") as never);
    }
    expect(await node.repairs.look(signal)).toBe(1);
    expect(await node.repairs.look(signal)).toBe(0);
    await node.repairs.repairNext(signal);
    const [waiting] = await node.queue.list(10);
    expect(waiting).toMatchObject({ fileId: id, live: 2, failures: 1 });
    expect(waiting?.detail).toMatch(/came back/);
    expect(waiting?.dueMs, "tried again with the next look").toBeLessThanOrEqual(Date.now() + 100);
    await node.vault.remove(id, signal);
    await node.queue.failed(waiting as never, "", 0);
    await repairAll(node);
    expect((await node.queue.standing()).waiting).toBe(0);
  });

  test("are made a minute later when the database dies before it says which", async () => {
    const node = nodeOn(database);
    const { id } = await put(node, randomBytes(1000));
    await damage(id, [0]);
    await node.repairs.look(signal);
    class Dying extends RepairQueue {
      override async take(nowMs: number, leaseMs: number): Promise<never> {
        await super.take(nowMs, leaseMs);
        throw new CodedError("DATABASE_UNAVAILABLE", "it died");
      }
    }
    const parts = { ...node, queue: new Dying(database.kysely), now: Date.now };
    const log = createLogger("test", "fatal");
    const metrics = createMetrics(createRegistry("test"));
    const rules = { threshold: 23, bytesPerSecond: 1e9, atOnce: 1, everyMs: 100 };
    const dying = new Repairs({ ...parts, log, metrics }, rules);
    await expect(dying.repairNext(signal)).rejects.toThrow("it died");
    expect(await node.repairs.repairNext(signal)).toBe(false);
    const later = nodeOn(database, undefined, () => Date.now() + 61_000);
    expect(await later.repairs.repairNext(signal)).toBe(true);
    expect((await node.queue.standing()).waiting).toBe(0);
  });

  test("prolong a file before its term ends", async () => {
    const node = nodeOn(database);
    const { id } = await put(node, randomBytes(1000));
    const log = createLogger("test", "fatal");
    const { expires } = await manifestOf(node, id);
    await renewDue({ ...node, log, now: Date.now }, signal);
    expect((await manifestOf(node, id)).expires).toBe(expires);
    await look(Math.ceil(TTL * 0.7));
    expect(await renewDue({ ...node, log, now: Date.now }, signal)).toBeGreaterThan(0);
    const longer = (await manifestOf(node, id)).expires;
    expect(longer).toBeGreaterThan(expires);
    expect((await read(node, id)).length).toBe(1000);
    await renewDue({ ...node, log, now: Date.now }, signal);
    expect((await manifestOf(node, id)).expires).toBe(longer);
  });

  test(`lose nothing in ${KILLS} kills at any moment`, {
    timeout: 60_000 + KILLS * 10_000,
  }, async () => {
    const node = nodeOn(database);
    const files = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const bytes = randomBytes(120_000);
        return { bytes, id: (await put(node, bytes)).id };
      }),
    );
    let cut = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const [network] = await node.validators.all(signal);
      for (const { id } of files) {
        const { segments } = (await network?.health(id as Hex, signal)) ?? { segments: [] };
        // Two of four stay: fewer could not be repaired by anybody.
        if (segments[0]?.live === 4) await damage(id, [randomInt(4)]);
      }
      await killedAfter(randomInt(500));
      if ((await node.queue.standing()).waiting > 0) cut += 1;
    }
    expect(cut).toBeGreaterThan(0);
    await repairAll(node);
    const [network] = await node.validators.all(signal);
    for (const { id, bytes } of files) {
      expect((await read(node, id)).equals(bytes)).toBe(true);
      const { segments } = (await network?.health(id as Hex, signal)) ?? { segments: [] };
      expect(segments[0]).toMatchObject({ live: 4, lost: [] });
    }
  });
});

describe("what is wanted for a while", () => {
  const HOUR_MS = 3_600_000;
  const index = new Promise<PostgresObjectIndex>((resolve) => {
    beforeAll(() =>
      resolve(new PostgresObjectIndex(database.kysely, { now: Date.now, graceMs: 0 })),
    );
  });
  const object = (blob: string, expiresMs?: number) => ({
    ...{ owner: "o", size: 1, etag: "e", modifiedMs: 1, headers: {}, checksum: null },
    ...{ parts: [{ blob, size: 1 }], ...(expiresMs !== undefined && { expiresMs }) },
  });
  const log = createLogger("test", "fatal");

  test("is promised by miners for no longer, and they free its space without us", async () => {
    const node = nodeOn(database, [second.url]);
    const untilMs = Date.now() + 24 * HOUR_MS;
    const { id } = await node.vault.put(single(randomBytes(1000)), { name: "n", untilMs, signal });
    const { created, expires, segments } = await manifestOf(node, id);
    expect(expires - created).toBe(7_200);
    const held = segments.flatMap(({ shards }) =>
      shards.map(({ miner, shard_id }) => {
        const name = Buffer.from(fromHex(shard_id)).toString("hex");
        return crowd.miners.get(miner)?.shards.receiptOf(name as never)?.receipt;
      }),
    );
    expect(
      held.map((receipt) => (receipt?.expiresBlock ?? 0) - (receipt?.storedBlock ?? 0)),
    ).toEqual(held.map(() => 7_200));
  });

  test("is not renewed, but for an object that stays", async () => {
    const node = nodeOn(database, [second.url]);
    const untilMs = Date.now() + HOUR_MS;
    const { id } = await node.vault.put(single(randomBytes(1000)), { name: "n", untilMs, signal });
    const { expires } = await manifestOf(node, id);
    const objects = await index;
    await objects.createBucket({ name: "place", owner: "o", createdMs: 1 }, 10);
    await objects.putObject("place", "a", object(id, untilMs));
    await look(250);
    // A little more: blocks are not quite as long as they should be.
    const now = () => Date.now() + 255 * 12_000;
    expect(await renewDue({ ...node, log, now }, signal)).toBe(0);
    // Its end was put off, as far as its copy.
    await objects.copyObject("place", "b", object(id, untilMs + 2 * HOUR_MS));
    expect(await renewDue({ ...node, log, now }, signal)).toBe(1);
    const longer = (await manifestOf(node, id)).expires;
    expect(longer - expires).toBeGreaterThan(590);
    expect(longer - expires).toBeLessThan(610);
  });
});

describe("custody", () => {
  const owner = keypairFromUri("//FileOwner");
  const ownerName = hotkeyOf(owner.publicKey);
  const key = ownerKey(new Uint8Array(64).fill(7));
  const through = (node = validator) =>
    new ValidatorNetwork({
      url: new URL(node.url),
      hotkey: node.validator.identity.hotkey,
      key: owner,
    });
  const signed = (unsigned: UnsignedManifest) =>
    signManifest(unsigned, (digest) => owner.sign(digest));
  const limits = { files: 9, bytes: 1e9, filesOfOwner: 9 };
  const deskOf = (node: ApiNode, own = limits) =>
    new Custodian({ ...node, limits: own, now: Date.now });
  const ask = ({ id: fileId }: Manifest) => {
    return { fileId, validator: validator.validator.identity.hotkey };
  };

  /** A file of its owner's, stored without any node. */
  async function stored(bytes: Uint8Array): Promise<Manifest> {
    const network = through();
    const { manifest } = await putFile({
      ...{ source: single(bytes), name: "f", network, owner: ownerName, ownerKey: key },
      ...{ sign: (digest: Uint8Array) => owner.sign(digest), ...SMALL, threads: 0 },
    });
    await network.keep(manifest, signal);
    return manifest;
  }
  async function entrusted(node: ApiNode, before: Manifest): Promise<Manifest> {
    const manifest = signed(entrust(before, key, node.files.custodyKey, randomBytes(32)));
    await through().keep(manifest, signal);
    return manifest;
  }
  const health = async (id: Hex) => (await through().health(id, signal)).segments[0];

  test("repairs what its owner entrusted, who gets it back from whichever validator answers", async () => {
    const node = nodeOn(database, [validator.url, second.url]);
    const bytes = randomBytes(120_000);
    const manifest = await entrusted(node, await stored(bytes));
    await deskOf(node).take(ownerName, ask(manifest), signal);
    await damage(manifest.id, [0, 3]);
    await repairAll(node);
    expect(await health(manifest.id)).toMatchObject({ live: 4 });
    const found = await newestOf([through(second)], manifest.id, signal);
    expect(found?.manifest.repairs).toHaveLength(1);
    const network = found?.network ?? through();
    const from = { manifest: found?.manifest ?? manifest, ownerKey: key, threads: 0 };
    const anybody = new AnyValidator({
      manifest: from.manifest,
      first: network,
      others: async () => [],
    });
    await using file = new StoredFileReader({ ...from, network: anybody });
    expect(Buffer.concat(await Array.fromAsync(file.read())).equals(bytes)).toBe(true);
    // The owner's next revision takes the repair in, and what was repaired goes on being held.
    const next = signed(nextRevision(from.manifest));
    await through().keep(next, signal);
    expect(await health(manifest.id)).toMatchObject({ live: 4 });
  });

  test("is not taken over a file that names it without asking, and is once it is asked", async () => {
    const node = nodeOn(database);
    const manifest = await entrusted(node, await stored(randomBytes(1000)));
    await damage(manifest.id, [1]);
    await repairAll(node);
    expect(await health(manifest.id)).toMatchObject({ live: 3 });
    await node.repairs.look(signal);
    expect((await node.queue.standing()).waiting).toBe(0);
    await deskOf(node).take(ownerName, ask(manifest), signal);
    await repairAll(node);
    expect(await health(manifest.id)).toMatchObject({ live: 4 });
  });

  test("is refused to anybody but an owner who names the node and boxed the secret for it", async () => {
    const node = nodeOn(database);
    const desk = deskOf(node);
    const refused = { code: "CUSTODY_REFUSED" };
    const before = await stored(randomBytes(1000));
    await expect(desk.take(ownerName, ask(before), signal)).rejects.toMatchObject(refused);
    const manifest = await entrusted(node, before);
    const stranger = hotkeyOf(alice.publicKey);
    await expect(desk.take(stranger, ask(manifest), signal)).rejects.toMatchObject(refused);
    const other = { ...node.files.custodyKey, public_key: toHex(sharingKeys(key).publicKey) };
    const misboxed = signed(entrust(manifest, key, other, randomBytes(32)));
    await through().keep(misboxed, signal);
    await expect(desk.take(ownerName, ask(misboxed), signal)).rejects.toMatchObject(refused);
    const away = { ...ask(manifest), validator: ownerName };
    await expect(desk.take(ownerName, away, signal)).rejects.toMatchObject({
      code: "NETWORK_AWAY",
    });
    const again = await entrusted(node, misboxed);
    const tight = deskOf(node, { ...limits, bytes: 1 });
    await expect(tight.take(ownerName, ask(again), signal)).rejects.toMatchObject({
      code: "CUSTODY_FULL",
    });
  });

  test("ends when its owner withdraws it, deletes the file, or lets it end", async () => {
    const node = nodeOn(database);
    const desk = deskOf(node);
    const files: Manifest[] = [];
    for (let count = 0; count < 2; count += 1) {
      const manifest = await entrusted(node, await stored(randomBytes(1000)));
      await desk.take(ownerName, ask(manifest), signal);
      await damage(manifest.id, [1]);
      files.push(manifest);
    }
    const [one, two] = files;
    if (one === undefined || two === undefined) throw new Error("two were stored");
    await node.repairs.look(signal);
    await through().keep(signed(withdraw(one)), signal);
    await through().remove(two.id, signal);
    while (await node.repairs.repairNext(signal));
    expect(await node.custody.get(one.id)).toBeNull();
    expect(await node.custody.get(two.id)).toBeNull();
    expect(await health(one.id)).toMatchObject({ live: 3 });

    const last = await entrusted(node, await stored(randomBytes(1000)));
    await desk.take(ownerName, ask(last), signal);
    await expect(desk.release(nameOf(alice), last.id)).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
    await look(TTL + 1);
    await releaseOverdue(node, signal);
    expect(await node.custody.get(last.id)).toBeNull();
  });
});

/** Starts a repairing node and kills it a while after it began. */
async function killedAfter(ms: number): Promise<void> {
  const script = new URL("./repair-child.ts", import.meta.url).pathname;
  const given = [database.url, SCHEMA, validator.url, String(NETUID)];
  const child = spawn(process.execPath, ["--conditions=neurond:source", script, ...given], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  await Promise.race([once(child.stdout, "data"), ended]);
  await sleep(ms);
  child.kill("SIGKILL");
  const [code, killedBy] = await ended;
  expect([code, killedBy], said).toEqual([null, "SIGKILL"]);
}

test("the threshold is sixteen of twenty-four, and in proportion elsewhere", () => {
  expect(thresholdOf(10, 24, 16)).toBe(16);
  expect(thresholdOf(1, 4, 16)).toBe(3);
  expect(thresholdOf(2, 4, 16)).toBe(3);
  expect(thresholdOf(29, 80, 16)).toBe(51);
  expect(thresholdOf(1, 1, 16)).toBe(1);
});
