import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { migrateStore } from "../../io/migrate-store.ts";
import { shardNameOf } from "../../io/shard-paths.ts";
import { ShardStore } from "../../io/shard-store.ts";
import { TagStore } from "../../io/sweep/tag-store.ts";
import { type Grant, grantDigest, tagRoot, tagShard } from "../../src/sweep/index.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import {
  arriving,
  MINER,
  PARTIES,
  receiptFor,
  rejection,
  temporaryDirectory,
  VALIDATOR,
} from "./files.ts";

const CHILD = fileURLToPath(new URL("./migrate-child.ts", import.meta.url));
const SHARDS = 40;
const never = new AbortController().signal;
const dataOf = (at: number) => dataNamed(`moving/${at}`, 20_000 + at * 3_000);
const nameOf = (at: number) => shardNameOf(identNamed(`moving/${at}`));

/** A miner's directory with shards and tags, and an empty place beside it. */
async function house(shards = SHARDS) {
  const directory = await temporaryDirectory();
  const [from, to] = [join(directory.path, "old"), join(directory.path, "new")];
  await mkdir(from);
  const store = await ShardStore.open({ directory: from, reserveBytes: 0 });
  const tags = await TagStore.open(from);
  for (let at = 0; at < shards; at += 1) {
    const signed = receiptFor(`moving/${at}`, dataOf(at));
    await store.accept(signed, arriving(dataOf(at)));
    const set = tagShard(dataOf(at), signed.receipt, identNamed("key"));
    const { shardId, root, size } = signed.receipt;
    const entry = { shardId, root, size };
    const grant: Grant = { ...PARTIES, ...entry, firstPeriod: 2, tagRoots: [tagRoot(set)] };
    const digest = grantDigest(grant);
    const signatures = {
      validatorSignature: VALIDATOR.sign(digest),
      minerSignature: MINER.sign(digest),
    };
    if (at < 3) await tags.store({ grant, ...signatures }, arriving(set));
  }
  const options = { from, to, dryRun: false, verify: true, reserveBytes: 0 };
  return { from, to, options, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

/** What a directory holds, to the last bit. */
async function fingerprint(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  for (const path of paths.sort()) hash.update(path).update(await readFile(path));
  return hash.digest("hex");
}

test("everything is in the new house, and the old one stays as it was", async () => {
  await using at = await house();
  const before = await fingerprint(at.from);
  const dry = await migrateStore({ ...at.options, dryRun: true }, never);
  expect(dry).toMatchObject({ shards: SHARDS, copied: 0, grants: 3, left: [] });
  await expect(readdir(at.to)).rejects.toThrow("ENOENT");
  const done = await migrateStore(at.options, never);
  expect(done).toMatchObject({ copied: SHARDS, present: 0, verified: SHARDS, grants: 3, left: [] });
  expect(await fingerprint(at.from)).toBe(before);
  const moved = await ShardStore.open({ directory: at.to, reserveBytes: 0 });
  expect(moved.recovered).toEqual({ unfinished: 0, orphans: 0, damaged: [] });
  for (let shard = 0; shard < SHARDS; shard += 1) {
    expect(await moved.isIntact(nameOf(shard))).toBe(true);
  }
  expect((await TagStore.open(at.to)).list()).toHaveLength(3);
  expect(await migrateStore(at.options, never)).toMatchObject({ copied: 0, present: SHARDS });
});

test("a run that is killed is continued by the next, and what came meanwhile is brought", async () => {
  await using at = await house();
  const args = ["--conditions=neurond:source", CHILD, at.from, at.to];
  for (const least of [1, 9, 20]) {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    // Killed as soon as so many shards have been switched.
    while (!isOver && (await receiptsIn(at.to)) < least) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    child.kill("SIGKILL");
    await ended;
    expect(await receiptsIn(at.to)).toBeGreaterThanOrEqual(least);
  }
  const switched = await receiptsIn(at.to);
  const store = await ShardStore.open({ directory: at.from, reserveBytes: 0 });
  const renewed = receiptFor("moving/0", dataOf(0), { expiresBlock: 9_000 });
  await store.accept(renewed, arriving(new Uint8Array(0)));
  await store.accept(receiptFor("moving/late", dataOf(1)), arriving(dataOf(1)));
  const done = await migrateStore(at.options, never);
  expect(done).toMatchObject({ verified: SHARDS + 1, present: switched, left: [] });
  expect(done.copied).toBe(SHARDS + 1 - switched);
  const moved = await ShardStore.open({ directory: at.to, reserveBytes: 0 });
  expect(moved.recovered).toMatchObject({ damaged: [] });
  expect(moved.get(nameOf(0))).toEqual(renewed);
});

test("what is lost or rotten is named, does not come along, and is still owed", async () => {
  await using at = await house(4);
  const path = (shard: number) =>
    join(at.from, "shards", nameOf(shard).slice(0, 2), `${nameOf(shard)}.shard`);
  await rm(path(0));
  const rotten = await readFile(path(1));
  rotten[5] = (rotten[5] ?? 0) ^ 1;
  await writeFile(path(1), rotten);
  await writeFile(path(2).replace(/shard$/, "json"), "{");
  const done = await migrateStore(at.options, never);
  expect(done.left.map(({ name }) => name).sort()).toEqual([0, 1, 2].map(nameOf).sort());
  expect(done).toMatchObject({ shards: 3, copied: 1, verified: 1 });
  const moved = await ShardStore.open({ directory: at.to, reserveBytes: 0 });
  expect([...moved.lost].sort()).toEqual([nameOf(0), nameOf(1)].sort());
  expect(moved.promised()).toHaveLength(3);
});

test("a directory without shards is not left, and a full disk ends the run", async () => {
  await using at = await house(2);
  const nowhere = { ...at.options, from: join(at.from, "nowhere") };
  expect(await rejection(migrateStore(nowhere, never))).toBe("SHARD_MISSING");
  const full = { ...at.options, reserveBytes: 2 ** 60 };
  expect(await rejection(migrateStore(full, never))).toBe("DISK_FULL");
  await mkdir(join(at.from, "under-way"));
  expect(await rejection(migrateStore(at.options, never))).toBe("SHARD_MISSING");
});

async function receiptsIn(directory: string): Promise<number> {
  const files = await readdir(join(directory, "shards"), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith(".json")).length;
}
