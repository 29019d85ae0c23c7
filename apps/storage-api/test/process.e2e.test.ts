import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { AccessKeys, BlobGarbage, type Database, PostgresObjectIndex } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DirectoryVault, KeyRing, secretBox } from "../src/index.ts";
import { alice, nameOf, node } from "./harness.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const Bucket = "crashes";
let root: string;
let database: Database;
let credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
const running = new Set<ChildProcess>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "storage-api-process-"));
  database = await testDatabase();
  const box = secretBox(node.exportSecret());
  const ring = new KeyRing({ keys: new AccessKeys(database.kysely), box, now: Date.now });
  const { accessKeyId, secret } = await ring.add(nameOf(alice), "process");
  credentials = { accessKeyId, secretAccessKey: secret };
});
afterEach(async () => {
  await Promise.all([...running].map((child) => end(child, "SIGKILL")));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
  return child.exitCode;
}

/** A node as an operator starts it: one process, a settings file, its key in the environment. */
async function start() {
  const file = join(root, "storage-api.yaml");
  const lines = [
    "netuid: 21",
    `database: { schema: ${database.schema} }`,
    'http: { host: "127.0.0.1", port: 0 }',
    'gateway: { host: "127.0.0.1", port: 0, requestsPerMinute: 1000000 }',
    `vault: { directory: "${join(root, "vault")}", keepFreeBytes: 0 }`,
    "access: { openAccess: true }",
  ];
  await writeFile(file, lines.join("\n"));
  const env = {
    PATH: process.env["PATH"],
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
    BT_HOTKEY_URI: "//StorageNode",
    DATABASE_URL: database.url,
  };
  const args = ["--conditions=neurond:source", "--disable-warning=ExperimentalWarning", MAIN, file];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const serving = () => /"url":"([^"]+)","gateway":"([^"]+)"/.exec(output);
  while (serving() === null) {
    if (child.exitCode !== null) throw new Error(output);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [, url = "", gateway = ""] = serving() ?? [];
  const s3 = new S3Client({
    endpoint: gateway,
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
  });
  return { child, url, s3, output: () => output };
}

/** Objects that a node acknowledges before it is killed, however slow the machine is. */
const ENOUGH = 12;

it("a node killed at any moment has every object that it acknowledged, whole", async () => {
  const acknowledged = new Map<string, Buffer>();
  for (let round = 0; round < 3; round += 1) {
    const { child, s3 } = await start();
    if (round === 0) await s3.send(new CreateBucketCommand({ Bucket }));
    for (const [Key, bytes] of acknowledged) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const found = Buffer.from((await Body?.transformToByteArray()) ?? []);
      expect(found.equals(bytes), Key).toBe(true);
    }
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "left" }));
    const part = { Bucket, Key: "left", UploadId, PartNumber: 1, Body: randomBytes(100_000) };
    await s3.send(new UploadPartCommand(part));
    let written = 0;
    const enough = Promise.withResolvers<void>();
    // Overwrites and new keys, several at once, until the process is gone in the middle of them.
    const writers = [0, 1, 2].map(async (writer) => {
      for (let at = 0; ; at += 1) {
        const Key = at % 2 === 0 ? `same-${writer}` : `${round}-${writer}-${at}`;
        const Body = randomBytes(50_000 + at);
        // What is overwritten may be the old or the new bytes until the answer comes.
        acknowledged.delete(Key);
        await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
        acknowledged.set(Key, Body);
        written += 1;
        if (written === ENOUGH) enough.resolve();
      }
    });
    const ended = Promise.allSettled(writers);
    await Promise.race([enough.promise, ended]);
    await new Promise((resolve) => setTimeout(resolve, round * 7));
    await end(child, "SIGKILL");
    await ended;
    s3.destroy();
  }
  expect(acknowledged.size).toBeGreaterThan(10);
  await expectNothingLost();
});

/** Every blob of the vault is known, or will be found, and every known one is there. */
async function expectNothingLost(): Promise<void> {
  const vault = await DirectoryVault.open({ directory: join(root, "vault"), keepFreeBytes: 0 });
  const found = new Set((await Array.fromAsync(vault.found())).map(({ id }) => id));
  const index = new PostgresObjectIndex(database.kysely);
  const listed = await index.list(Bucket, { prefix: "", start: null, limit: 10_000 });
  for (const { key } of listed) {
    const parts = (await index.object(Bucket, key))?.parts ?? [];
    for (const { blob } of parts) expect(found.has(blob), key).toBe(true);
  }
  const orphans = await new BlobGarbage(database.kysely).unknown([...found]);
  // At most what was between the vault and the index at each of three kills, three writers each.
  expect(orphans.length).toBeLessThanOrEqual(9);
}

it("a node that is told to stop ends what is under way, and exits with 0", async () => {
  const { child, s3, url } = await start();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const Body = randomBytes(30_000_000);
  const put = s3.send(new PutObjectCommand({ Bucket, Key: "last", Body }));
  await new Promise((resolve) => setTimeout(resolve, 30));
  const [code] = await Promise.all([end(child, "SIGTERM"), put]);
  expect(code).toBe(0);
  s3.destroy();
});
