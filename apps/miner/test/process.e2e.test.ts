import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connectChain } from "@neurond/chain";
import { keypairFromUri } from "@neurond/crypto";
import { type Devnet, READY_NETUID, startDevnet } from "@neurond/devnet";
import { toNetuid } from "@neurond/primitives";
import type { Receipt } from "@neurond/workload-storage";
import { shardIdOf } from "@neurond/workload-storage/file";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { get, headersOf, nameOf, type Offer, offer, put, targetOf } from "./harness.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const HOST = "127.0.0.2";
const MIB = 1_048_576;
const run = promisify(execFile);
const validator = keypairFromUri("//Validator1");
const minerKey = keypairFromUri("//Miner1");
const netuid = toNetuid(READY_NETUID);

let devnet: Devnet;
let root: string;
/** One for all: a changed port would have to be announced, and the chain takes that only so often. */
let port: number;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  devnet = await startDevnet({ preset: "subnet", blockTimeMs: 250 });
  root = await mkdtemp(join(tmpdir(), "miner-process-"));
  port = await freePort();
});
afterEach(async () => {
  await Promise.all([...running].map(kill));
});
afterAll(async () => {
  await devnet.close();
  await rm(root, { recursive: true, force: true });
});

interface Process {
  readonly child: ChildProcess;
  readonly miner: { readonly url: string };
  readonly output: () => string;
}

/** A miner as an operator starts it: one process, a settings file, its key in the environment. */
async function start(directory: string, more: readonly string[] = []): Promise<Process> {
  await mkdir(directory, { recursive: true });
  const config = join(root, "miner.yaml");
  const lines = [
    `netuid: ${READY_NETUID}`,
    `chain: { endpoint: "${devnet.url}" }`,
    `http: { host: ${HOST}, port: ${port}, requestsPerMinute: 10000 }`,
    `axon: { externalIp: ${HOST} }`,
    `storage: { directory: "${directory}", keepFreeBytes: 0, ${more.join(", ")} }`,
  ];
  await writeFile(config, lines.join("\n"));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, BT_HOTKEY_URI: "//Miner1" };
  const args = [
    "--conditions=neurond:source",
    "--disable-warning=ExperimentalWarning",
    MAIN,
    config,
  ];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  const url = `http://${HOST}:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(output);
    return (await fetch(`${url}/readyz`)).status === 200;
  });
  return { child, miner: { url }, output: () => output };
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds().catch(giveUpOn))) {
    if (Date.now() > deadline) throw new Error("it did not come to be in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Nobody listens yet; anything else is the end. */
function giveUpOn(error: unknown): false {
  if (error instanceof TypeError) return false;
  throw error;
}

/** A shard for this miner from the subnet's own validator. */
function shardOf(size: number): Offer {
  const miner = nameOf(minerKey);
  const { receipt, bytes } = offer(size);
  const place = { fileId: receipt.root, segment: 0, index: 0, generation: 0, miner };
  const own: Receipt = {
    ...receipt,
    netuid,
    miner,
    validator: nameOf(validator),
    shardId: shardIdOf(place),
    expiresBlock: 1_000_000,
  };
  return { receipt: own, bytes, target: targetOf(own, validator) };
}

/** Sends the first part of a shard and hangs on. */
async function sendPart(shard: Offer, length: number): Promise<Disposable> {
  const signed = { method: "PUT", target: shard.target, body: shard.bytes };
  const request = httpRequest({
    host: HOST,
    port,
    method: "PUT",
    path: shard.target,
    headers: {
      ...headersOf(signed, { key: validator, receiver: nameOf(minerKey) }),
      "content-type": "application/octet-stream",
      "content-length": shard.bytes.length,
    },
  });
  request.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    request.write(shard.bytes.subarray(0, length), () => resolve());
  });
  return { [Symbol.dispose]: () => void request.destroy() };
}

const receiver = { receiver: nameOf(minerKey) };

describe("a miner process", () => {
  it("killed while a shard arrives serves the old ones and nothing of the new", async () => {
    const directory = join(root, "killed");
    let miner = await start(directory);
    const old = shardOf(300_000);
    expect((await put(miner, old, validator, receiver)).status).toBe(200);
    for (const part of [1, 4 * MIB, 8 * MIB - 1]) {
      const arriving = shardOf(8 * MIB);
      using _ = await sendPart(arriving, part);
      await until(async () => (await readdir(join(directory, "incoming"))).length > 0);
      await kill(miner.child);
      miner = await start(directory);
      expect(await readdir(join(directory, "incoming"))).toEqual([]);
      expect((await get(miner, arriving, validator, receiver)).status).toBe(404);
      const back = await get(miner, old, validator, receiver);
      expect(Buffer.from(back.body).equals(old.bytes)).toBe(true);
      expect((await put(miner, arriving, validator, receiver)).status).toBe(200);
    }
  });

  it("killed at any moment of an upload keeps a shard whole or not at all", async () => {
    const directory = join(root, "anywhen");
    let miner = await start(directory);
    for (const delayMs of [5, 30, 60, 150]) {
      const shard = shardOf(6 * MIB);
      const answer = put(miner, shard, validator, receiver).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await kill(miner.child);
      const promised = (await answer)?.status === 200;
      miner = await start(directory);
      const back = await get(miner, shard, validator, receiver);
      if (promised) expect(back.status).toBe(200);
      if (back.status === 200) expect(Buffer.from(back.body).equals(shard.bytes)).toBe(true);
      else expect(back.status).toBe(404);
    }
  });

  it("keeps what it signed for when it is killed right after its answer", async () => {
    const directory = join(root, "promised");
    const miner = await start(directory);
    const shard = shardOf(2 * MIB);
    expect((await put(miner, shard, validator, receiver)).status).toBe(200);
    await kill(miner.child);
    const again = await start(directory);
    const back = await get(again, shard, validator, receiver);
    expect(Buffer.from(back.body).equals(shard.bytes)).toBe(true);
  });

  it("says on chain where it serves, once, and ends on the first signal", async () => {
    const miner = await start(join(root, "announced"));
    await using chain = await connectChain({ endpoints: [devnet.url] });
    const id = { netuid, hotkey: nameOf(minerKey) };
    await until(async () => (await chain.axon(id))?.port === port);
    const announced = await chain.axon(id);
    expect(announced).toMatchObject({ ip: HOST });
    await devnet.newBlocks(4);
    expect((await chain.axon(id))?.block).toBe(announced?.block);
    miner.child.kill("SIGTERM");
    const [code] = await once(miner.child, "exit");
    expect(code).toBe(0);
    expect(miner.output()).not.toContain("//Miner1");
  });

  it("refuses settings that make no sense, all at once and by name", async () => {
    const env = {
      PATH: process.env["PATH"],
      BT_HOTKEY_URI: "//Miner1",
      NETUID: "70000",
      NEUROND_MINER_HTTP_PORT: "many",
    };
    const args = ["--conditions=neurond:source", MAIN];
    const failed = await run(process.execPath, args, { env }).catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("NETUID");
    expect(failed.stdout).toContain("NEUROND_MINER_HTTP_PORT");
  });
});

const canMount = process.getuid?.() === 0 && process.platform === "linux";

describe.skipIf(!canMount)("a disk that is full (needs root, to mount a small one)", () => {
  it("refuses the shard, keeps the old ones and takes what fits", async () => {
    const directory = join(root, "small-disk");
    await mkdir(directory, { recursive: true });
    try {
      await run("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", directory]);
    } catch {
      return; // a container without the right to mount: the quota tests stand for it
    }
    try {
      const miner = await start(directory);
      const old = shardOf(3 * MIB);
      expect((await put(miner, old, validator, receiver)).status).toBe(200);
      const refused = await put(miner, shardOf(4 * MIB), validator, receiver);
      expect(refused).toMatchObject({ status: 507, code: "DISK_FULL" });
      // Filled by somebody else while a shard arrives: found by the disk, not by counting.
      const arriving = shardOf(2 * MIB);
      const hanging = await sendPart(arriving, 64 * 1024);
      await until(async () => (await readdir(join(directory, "incoming"))).length > 0);
      await run("sh", ["-c", `head -c 8000000 /dev/zero > ${directory}/filler || true`]);
      expect((await put(miner, shardOf(MIB), validator, receiver)).code).toBe("DISK_FULL");
      const back = await get(miner, old, validator, receiver);
      expect(Buffer.from(back.body).equals(old.bytes)).toBe(true);
      await rm(join(directory, "filler"));
      hanging[Symbol.dispose]();
      await until(async () => (await readdir(join(directory, "incoming"))).length === 0);
      expect((await put(miner, shardOf(MIB), validator, receiver)).status).toBe(200);
      await kill(miner.child);
    } finally {
      await run("umount", ["-l", directory]);
    }
  });
});
