import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
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
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GetShape, ListShape, PutShape } from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";

const HOST = "127.0.0.2"; // the chain takes no 127.0.0.1
const MINERS = ["//Miner1", "//Miner2", "//Miner3"];
const log = createLogger("test", "fatal");
const world = new AsyncDisposableStack();
const stop = new AbortController();

let devnet: Devnet;
let chain: Chain;
let root: string;
let validatorUrl: string;
const stores = new Map<string, { readonly shards: ShardStore; readonly directory: string }>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "store-"));
  world.defer(() => rm(root, { recursive: true, force: true }));
  devnet = world.use(await startDevnet({ preset: "subnet", blockTimeMs: 250 }));
  chain = world.use(await connectChain({ endpoints: [devnet.url] }));
  for (const uri of MINERS) await serveMiner(uri);
  const config = ValidatorConfig.parse({
    netuid: READY_NETUID,
    http: { host: HOST, port: 0, verifyWorkers: 0, requestsPerMinute: 10_000 },
    axon: { externalIp: HOST },
    gossip: { allowPrivatePeers: true },
    run: { minStakeTao: "1000" }, // the richest of this chain has 3000
    record: { archiveDirectory: join(root, "archive") },
    exports: { directory: join(root, "exports") },
  });
  const signer = keypairFromUri("//Validator1");
  const database = world.use(await testDatabase());
  const validator = await startValidator({ config, signer, chain, database, log });
  world.use(validator);
  validatorUrl = validator.url;
  keepRunning(validator.run(stop.signal));
  await until(async () => {
    const { neurons } = await chain.metagraph({ netuid: toNetuid(READY_NETUID) });
    return neurons.filter(({ axon }) => axon !== undefined).length === MINERS.length + 1;
  });
});
afterAll(async () => {
  stop.abort();
  await world[Symbol.asyncDispose]();
});

async function serveMiner(uri: string): Promise<void> {
  const directory = join(root, uri.slice(2));
  const config = MinerConfig.parse({
    netuid: READY_NETUID,
    http: { host: HOST, port: 0, requestsPerMinute: 10_000 },
    axon: { externalIp: HOST },
    storage: { directory, keepFreeBytes: 0 },
  });
  const shards = await ShardStore.open({ directory, reserveBytes: 0 });
  const signer = keypairFromUri(uri);
  const miner = world.use(await startMiner({ config, chain, signer, shards, version: "0", log }));
  keepRunning(miner.follow(stop.signal));
  stores.set(hotkeyOf(signer.publicKey), { shards, directory });
}

/** Lets a loop run; that it ends with the test is no failure. */
function keepRunning(loop: Promise<void>): void {
  loop.catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it did not come to be in time");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function neurond(line: readonly string[], uri = "//Client") {
  const options = ["--uri", uri, "--directory", join(root, "records"), "--json"];
  const answer = await run(["store", ...line, ...options], { connectChain });
  return { ...answer, json: JSON.parse(answer.stdout) };
}

const through = () => ["--validator", validatorUrl];

async function fileOf(name: string, size: number): Promise<{ path: string; bytes: Buffer }> {
  await mkdir(join(root, "files"), { recursive: true });
  const path = join(root, "files", name);
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  return { path, bytes };
}

describe("neurond store", () => {
  test("stores a file of several segments and brings it back bit for bit", async () => {
    const { path, bytes } = await fileOf("report.pdf", 700_001);
    const line = ["put", path, "--segment-bytes", "262144", "--rs", "2,3", ...through()];
    const put = PutShape.parse((await neurond(line)).json);
    expect(put).toMatchObject({ name: "report.pdf", size: 700_001, segments: 3, rs: [2, 3] });
    expect((await stat(put.record)).mode & 0o777).toBe(0o600);
    expect(await readFile(put.record, "utf8")).not.toContain("report.pdf");
    expect(await readdir(join(root, "records", ".uploads"))).toEqual([]);
    const output = join(root, "back.pdf");
    const get = GetShape.parse((await neurond(["get", "report.pdf", "--output", output])).json);
    expect(get).toMatchObject({ fileId: put.fileId, name: "report.pdf", badShards: [] });
    expect(await readFile(output)).toEqual(bytes);
    expect((await stat(output)).mode & 0o777).toBe(0o600);
  });

  test("finds its validator on chain, and the manifest there when no record is here", async () => {
    const { path, bytes } = await fileOf("lost-record.txt", 1_000);
    const where = ["-n", devnet.url, "--netuid", String(READY_NETUID)];
    const put = PutShape.parse((await neurond(["put", path, "--copies", "1", ...where])).json);
    await rm(put.record);
    const output = join(root, "found.txt");
    const get = await neurond(["get", put.fileId, "--output", output, ...where]);
    expect(GetShape.parse(get.json)).toMatchObject({ name: "lost-record.txt" });
    expect(await readFile(output)).toEqual(bytes);
  });

  test("gets a file although one of its miners lost it and another changed it", async () => {
    const { path, bytes } = await fileOf("resilient", 50_000);
    const put = PutShape.parse((await neurond(["put", path, "--copies", "3", ...through()])).json);
    const [first, second] = put.miners.map((miner) => stores.get(miner));
    for (const { receipt } of first?.shards.list() ?? []) {
      if (receipt.size !== put.encryptedSize) continue;
      const name = Buffer.from(receipt.shardId).toString("hex");
      await first?.shards.delete(name as Parameters<ShardStore["delete"]>[0]);
    }
    for (const { receipt } of second?.shards.list() ?? []) {
      if (receipt.size !== put.encryptedSize) continue;
      const name = Buffer.from(receipt.shardId).toString("hex");
      const place = join(second?.directory ?? "", "shards", name.slice(0, 2), `${name}.shard`);
      await writeFile(place, randomBytes(receipt.size));
    }
    const output = join(root, "resilient.back");
    const get = GetShape.parse((await neurond(["get", "resilient", "--output", output])).json);
    expect(await readFile(output)).toEqual(bytes);
    for (const { reason } of get.badShards) expect(reason).toMatch(/ROOT_MISMATCH|MINER_REFUSED/);
  });

  test("interrupted, goes on where it was", async () => {
    const { path, bytes } = await fileOf("interrupted", 1_200_000);
    const records = join(root, "records");
    const uploads = join(records, ".uploads");
    const interrupt = new AbortController();
    const line = ["put", path, "--segment-bytes", "65536", ...through()];
    const options = ["--uri", "//Client", "--directory", records];
    const putting = run(["store", ...line, ...options], {
      connectChain,
      signal: interrupt.signal,
    });
    await until(async () => {
      const [name] = await readdir(uploads);
      if (name === undefined) return false;
      expect((await stat(join(uploads, name))).mode & 0o777).toBe(0o600);
      return (await readFile(join(uploads, name), "utf8")).includes('"stored"');
    });
    interrupt.abort();
    expect((await putting).exitCode).toBe(130);
    const put = PutShape.parse((await neurond(line)).json);
    expect(put).toMatchObject({ rs: [1, 3], segments: 19 });
    expect(put.resumedSegments).toBeGreaterThan(0);
    expect(await readdir(uploads)).toEqual([]);
    const output = join(root, "interrupted.back");
    await neurond(["get", "interrupted", "--output", output]);
    expect(await readFile(output)).toEqual(bytes);
  });

  test("stores a file without a byte", async () => {
    const { path } = await fileOf("empty", 0);
    await neurond(["put", path, "--copies", "1", ...through()]);
    const output = join(root, "empty.back");
    expect((await neurond(["get", "empty", "--output", output])).json).toMatchObject({ size: 0 });
    expect(await readFile(output)).toEqual(Buffer.alloc(0));
  });

  test("lists files by name for their owner only", async () => {
    const { path } = await fileOf("mine.txt", 10);
    const put = PutShape.parse((await neurond(["put", path, "--copies", "1", ...through()])).json);
    const own = ListShape.parse((await neurond(["list", ...through()])).json);
    const listed = own.files.find(({ fileId }) => fileId === put.fileId);
    expect(listed).toMatchObject({ name: "mine.txt", where: "both" });
    const other = ListShape.parse((await neurond(["list", ...through()], "//Other")).json);
    expect(other.files.find(({ fileId }) => fileId === put.fileId)).toMatchObject({
      name: null,
      where: "here",
    });
    const ids = ListShape.parse((await neurond(["list", "--ids"])).json);
    expect(ids.files.every(({ name }) => name === null)).toBe(true);
  });

  test("gives another owner nothing, and leaves a file that is there alone", async () => {
    const { path } = await fileOf("secret.txt", 10);
    const put = PutShape.parse((await neurond(["put", path, "--copies", "1", ...through()])).json);
    const output = join(root, "stolen");
    const stolen = await neurond(["get", put.fileId, "--output", output], "//Thief");
    expect([stolen.exitCode, stolen.json.error.code]).toEqual([1, "KEY_INVALID"]);
    await writeFile(output, "precious");
    const taken = await neurond(["get", "secret.txt", "--output", output]);
    expect([taken.exitCode, taken.json.error.code]).toEqual([1, "OUTPUT_EXISTS"]);
    expect(await readFile(output, "utf8")).toBe("precious");
    const replaced = await neurond(["get", "secret.txt", "--output", output, "--overwrite"]);
    expect(replaced.exitCode).toBe(0);
  });

  test("says what is wrong: no file, no validator, too few miners, an unknown name", async () => {
    const { path } = await fileOf("small", 10);
    const codeOf = async (line: readonly string[]) => {
      const { exitCode, json } = await neurond(line);
      return [exitCode, json.error.code];
    };
    expect(await codeOf(["put", join(root, "nothing"), ...through()])).toEqual([
      2,
      "INPUT_INVALID",
    ]);
    const nowhere = ["--validator", "http://127.0.0.1:1"];
    expect(await codeOf(["put", path, ...nowhere])).toEqual([3, "VALIDATOR_UNREACHABLE"]);
    expect(await codeOf(["put", path, "--copies", "4", ...through()])).toEqual([1, "PLAN_INVALID"]);
    expect(await codeOf(["put", path, "--rs", "3,2", ...through()])).toEqual([2, "USAGE"]);
    expect(await codeOf(["get", "no such name"])).toEqual([1, "FILE_UNKNOWN"]);
    expect(await codeOf(["put", path, "--validator", "ftp://x"])).toEqual([2, "USAGE"]);
  });
});
