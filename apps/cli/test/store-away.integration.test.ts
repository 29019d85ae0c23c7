import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectChain } from "@neurond/chain";
import { Wallet, writeColdkey, writeHotkey } from "@neurond/chain/wallet";
import { keypairFromUri } from "@neurond/crypto";
import { type Hex, hotkeyOf, parseHotkey } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { Config, NetworkVault, openNetwork, startStorageApi } from "@neurond/storage-api";
import { Custody, type Database } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Crowd } from "../../validator/test/support/crowd.ts";
import type { Node } from "../../validator/test/support/node.ts";
import { HOST, hotkey, key, NETUID } from "../../validator/test/support/world.ts";
import {
  EntrustedShape,
  GetShape,
  PutShape,
  StatShape,
  WithdrawnShape,
} from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";

const NODE = "//Validator3";
const owner = keypairFromUri("//Hot/me");
const signal = new AbortController().signal;
const log = createLogger("test", "fatal");

let resources: AsyncDisposableStack;
let root: string;
let crowd: Crowd;
let home: Node;
let other: Node;
let database: Database;
let nodeUrl: string;

beforeAll(async () => {
  resources = new AsyncDisposableStack();
  root = await mkdtemp(join(tmpdir(), "store-away-"));
  resources.defer(() => rm(root, { recursive: true, force: true }));
  const names = ["//Validator1", "//Validator2", NODE];
  crowd = resources.use(
    await Crowd.begin(
      Array.from({ length: 4 }, (_, at) => `//Holder${at}`),
      names,
    ),
  );
  [home, other, database] = await Promise.all([
    crowd.world.start("//Validator1", { run: { minStakeTao: "2500" } }),
    crowd.world.start("//Validator2", { run: { minStakeTao: "2500" } }),
    testDatabase(),
  ]);
  resources.use(database);
  await home.announce();
  await other.announce();
  await serveNode();
  const { places } = Wallet.open({
    ...{ name: "me", hotkey: "default", path: join(root, "wallets"), env: {} },
  });
  await writeColdkey(places, { keypair: keypairFromUri("//Cold/me") });
  await writeHotkey(places, { keypair: owner });
}, 180_000);
afterAll(() => resources[Symbol.asyncDispose](), 180_000);

/** An API node that repairs, registered and announced on chain. */
async function serveNode(): Promise<void> {
  const signer = key(NODE);
  const config = Config.parse({
    netuid: NETUID,
    http: { host: HOST, port: 0, requestsPerMinute: 100_000 },
    gateway: { enabled: false },
    access: { whitelist: [hotkeyOf(owner.publicKey)] },
    cleaning: { everySeconds: 3600 },
    repair: { everySeconds: 0.2, threshold: 23 },
    vault: { kind: "network", validators: [home.url, other.url] },
  });
  const network = resources.use(openNetwork({ config, signer, database }));
  const vault = new NetworkVault({ ...network, threads: 0, now: Date.now });
  const parts = { config, signer, database, vault, network, version: "0", log };
  const api = resources.use(await startStorageApi(parts));
  const stop = new AbortController();
  const running = api.run(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  resources.defer(async () => {
    stop.abort();
    await running;
  });
  nodeUrl = api.http.url;
  const port = Number(new URL(nodeUrl).port);
  const axon = { netuid: NETUID, version: 1, ip: HOST, port };
  const sent = await crowd.world.chain.serveAxon(signer, axon);
  expect(sent.kind).toBe("included");
}

/** A command on a machine that has nothing but the wallet, and what commands before left in `machine`. */
async function ftcli(machine: string, ...line: readonly string[]) {
  const chain = ["--subtensor.network", crowd.world.net.url, "--netuid", String(NETUID)];
  const answer = await run(
    [
      ...[...line, ...chain, "--wallet.name", "me", "--wallet.path", join(root, "wallets")],
      ...["--hash_basepath", join(root, machine, "hashes"), "--stake_limit", "1"],
      ...["--no_prompt", "--json"],
    ],
    { connectChain, env: { HOME: join(root, machine) } },
  );
  return { ...answer, json: JSON.parse(answer.stdout) };
}

async function newFile(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(root, name);
  await writeFile(path, bytes);
  return path;
}

let machines = 0;
/** What another machine gets by the id alone. */
async function gotten(id: string): Promise<Buffer> {
  const machine = `machine${machines++}`;
  const directory = join(root, machine, "back");
  await mkdir(directory, { recursive: true });
  const got = await ftcli(machine, "retrieve", "get", id, "--storage_basepath", directory);
  return readFile(GetShape.parse(got.json).output);
}

/** As after so many runs in which a miner that is gone answered nothing. */
async function missRuns(node: Node, miner: string): Promise<void> {
  const { presence } = node.validator.stores;
  await crowd.world.net.newBlocks(10);
  node.started.saw((await crowd.world.chain.head()).number);
  await node.started.upkeep(signal);
  for (const index of [1, 2, 3])
    await presence.judge(index, new Map([[parseHotkey(miner), false]]));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600 && !(await holds()); tries += 1) await sleep(50);
  expect(await holds()).toBe(true);
}

test("an owner looks after what is repaired for it, and ends it", async () => {
  const path = await newFile("notes.txt", randomBytes(2_000));
  const put = PutShape.parse((await ftcli("first", "store", "put", path, "--rs", "1,2")).json);
  expect(put.custodian).toBeNull();
  expect(put.keepers).toHaveLength(1);
  const given = await ftcli("first", "store", "entrust", put.fileId, nodeUrl);
  expect(EntrustedShape.parse(given.json)).toMatchObject({ custodian: hotkey(NODE), revision: 1 });
  const again = await ftcli("first", "store", "entrust", put.fileId, hotkey(NODE));
  expect(EntrustedShape.parse(again.json).revision).toBe(1);
  // From another machine, too, which has to find the validator it was stored through.
  const stat = StatShape.parse((await ftcli("second", "store", "stat", put.fileId)).json);
  expect(stat).toMatchObject({ custodian: hotkey(NODE), readers: [], validator: put.validator });
  const custody = new Custody(database.kysely);
  expect(await custody.get(put.fileId as Hex)).toMatchObject({ bytes: put.encryptedSize });
  const ended = await ftcli("second", "store", "withdraw", put.fileId);
  expect(WithdrawnShape.parse(ended.json).custodian).toBe(hotkey(NODE));
  expect(await custody.get(put.fileId as Hex)).toBeNull();
  expect((await ftcli("first", "store", "withdraw", put.fileId)).json.custodian).toBeNull();
  const gone = await ftcli("first", "store", "rm", put.fileId);
  expect(gone.exitCode).toBe(0);
  for (const { validator } of [home, other]) {
    expect(await validator.stores.copies.of(put.fileId)).toEqual([]);
  }
  const nobody = await ftcli("first", "store", "entrust", put.fileId, other.url);
  expect(nobody.json.error.code).toBe("CUSTODIAN_FAILED");
});

test("whom the node does not admit it refuses, and the file is stored all the same", async () => {
  const path = await newFile("theirs.txt", randomBytes(2_000));
  const stranger = ["--uri", "//Stranger"];
  const put = ["store", "put", path, "--rs", "1,2", "--custodian", nodeUrl, ...stranger];
  const { code, message } = (await ftcli("third", ...put)).json.error;
  expect([code, message]).toEqual(["CUSTODIAN_FAILED", expect.stringMatching(/not whitelisted/)]);
  const id = /0x[0-9a-f]{64}/.exec(message)?.[0] ?? "";
  const withdrawn = await ftcli("fourth", "store", "withdraw", id, ...stranger);
  expect(withdrawn.json.custodian).toBe(hotkey(NODE));
  const stat = StatShape.parse((await ftcli("fourth", "store", "stat", id, ...stranger)).json);
  expect(stat).toMatchObject({ custodian: null, lost: 0, size: 2_000 });
});

test("an owner goes away, a holder dies and is replaced, then the validator dies: by the id alone all is there", async () => {
  const bytes = randomBytes(150_000);
  const path = await newFile("report.pdf", bytes);
  const answer = await ftcli("first", "store", "put", path, "--rs", "1,2", "--custodian", nodeUrl);
  const stored = PutShape.parse(answer.json);
  expect(stored.custodian).toBe(hotkey(NODE));
  await rm(join(root, "first"), { recursive: true });
  const [at, elsewhere] =
    stored.validator === hotkey("//Validator1") ? [home, other] : [other, home];
  const [dead = "", alive = ""] = stored.miners;
  await crowd.kill([parseHotkey(dead)]);
  await missRuns(at, dead);
  await until(async () => {
    const kept = await at.validator.stores.manifests.get(stored.fileId);
    const [copy] = await elsewhere.validator.stores.copies.of(stored.fileId);
    return [kept, copy].every((one) => JSON.parse(one?.text ?? "{}").repairs?.length === 1);
  });
  expect((await gotten(stored.fileId)).equals(bytes)).toBe(true);
  await at.crash();
  await crowd.kill([parseHotkey(alive)]);
  expect((await gotten(stored.fileId)).equals(bytes)).toBe(true);
});
