import { randomBytes } from "node:crypto";
import { appendFile, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { openFile } from "@neurond/workload-storage/file";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forgetUpload, getFile, partialPath, putFile, StoredFileReader } from "../src/index.ts";
import { bytesOf, codeOf, collected, fileOf, KEY, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

const PLAN = { rs: [2, 4] as const, segmentBytes: 100_000, threads: 0 };

/** Uploads until so many shards are taken, and then as little as a killed process. */
async function killedAfter(shards: number, path: string, journal: string, network: MemoryNetwork) {
  const kill = new AbortController();
  let taken = 0;
  for (const miner of network.miners) {
    miner.behave = async () => {
      taken += 1;
      if (taken > shards) kill.abort();
      kill.signal.throwIfAborted();
    };
  }
  const put = { ...owned, ...PLAN, source: path, journal, network, signal: kill.signal };
  await expect(putFile(put)).rejects.toThrow("aborted");
  for (const miner of network.miners) miner.behave = async () => undefined;
}

const resume = (source: string, journal: string, network: MemoryNetwork) =>
  putFile({ ...owned, ...PLAN, source, journal, network });

test("an upload killed at any moment goes on, and sends nothing twice that was stored", {
  timeout: 60_000,
}, async () => {
  const bytes = bytesOf(450_000);
  await using file = await fileOf(bytes);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 18 }), async (shards) => {
      const journal = file.at(`journal-${shards}-${randomBytes(4).toString("hex")}`);
      const network = new MemoryNetwork(5);
      await killedAfter(shards, file.path, journal, network);
      const lines = (await readFile(journal, "utf8").catch(() => "")).split("\n");
      const settled = lines.filter((line) => line.includes('"stored"')).length;
      const { manifest, resumedSegments } = await resume(file.path, journal, network);
      expect(resumedSegments).toBe(settled);
      expect(manifest.segments).toHaveLength(5);
      const again = network.delivered.filter((id, at) => network.delivered.indexOf(id) !== at);
      const stored = manifest.segments.slice(0, settled).flatMap((segment) => segment.shards);
      expect(stored.some(({ shard_id }) => again.includes(shard_id))).toBe(false);
      await using back = new StoredFileReader({ manifest, ownerKey: KEY, network, threads: 0 });
      expect((await collected(back.read())).equals(bytes)).toBe(true);
      await forgetUpload(journal);
    }),
    { numRuns: 8 },
  );
});

test("an upload killed when all of it was stored ends as the same file, and sends nothing", async () => {
  const bytes = bytesOf(450_000);
  await using file = await fileOf(bytes);
  const [journal, network] = [file.at("journal"), new MemoryNetwork(5)];
  const before = await resume(file.path, journal, network);
  const sent = network.delivered.length;
  const { manifest, resumedSegments } = await resume(file.path, journal, network);
  expect([manifest.id, resumedSegments]).toEqual([before.manifest.id, 5]);
  expect(manifest.segments).toEqual(before.manifest.segments);
  expect(network.delivered).toHaveLength(sent);
  await using back = new StoredFileReader({ manifest, ownerKey: KEY, network, threads: 0 });
  expect((await collected(back.read())).equals(bytes)).toBe(true);
});

test("a journal is for its owner only, hides its keys, and may end in half a line", async () => {
  await using file = await fileOf(bytesOf(450_000));
  const journal = file.at("journal");
  const network = new MemoryNetwork(5);
  await killedAfter(9, file.path, journal, network);
  expect((await stat(journal)).mode & 0o777).toBe(0o600);
  const text = await readFile(journal, "utf8");
  const other = { ...owned, ownerKey: new Uint8Array(32) };
  const put = { ...PLAN, source: file.path, journal, network };
  expect(await codeOf(putFile({ ...other, ...put }))).toBe("KEY_INVALID");
  await appendFile(journal, '{"segment":3,"min');
  const { manifest } = await resume(file.path, journal, network);
  const { dataKey } = openFile(manifest, KEY);
  expect(text).not.toContain(Buffer.from(dataKey).toString("hex"));
  await writeFile(journal, "no journal\n");
  expect(await codeOf(resume(file.path, journal, network))).toBe("JOURNAL_INVALID");
});

test("nothing is sent of a file that changed, even when its date and length did not", async () => {
  await using file = await fileOf(bytesOf(450_000));
  const journal = file.at("journal");
  const network = new MemoryNetwork(5);
  await killedAfter(9, file.path, journal, network);
  const { atime, mtime } = await stat(file.path);
  const sent = network.delivered.length;
  const changed = bytesOf(450_000);
  // Within the segment that was under way: the same keystream would cover both contents.
  changed[250_000] = (changed[250_000] ?? 0) ^ 1;
  await writeFile(file.path, changed);
  expect(await codeOf(resume(file.path, journal, network))).toBe("SOURCE_CHANGED");
  await utimes(file.path, atime, mtime);
  expect(await codeOf(resume(file.path, journal, network))).toBe("SOURCE_CHANGED");
  expect(network.delivered).toHaveLength(sent);
});

test("a plan that is not the interrupted one's is refused", async () => {
  await using file = await fileOf(bytesOf(450_000));
  const journal = file.at("journal");
  const network = new MemoryNetwork(5);
  await killedAfter(5, file.path, journal, network);
  const put = { ...owned, ...PLAN, source: file.path, journal, network };
  expect(await codeOf(putFile({ ...put, rs: [1, 4] }))).toBe("JOURNAL_INVALID");
  expect(await codeOf(putFile({ ...put, segmentBytes: 90_000 }))).toBe("JOURNAL_INVALID");
});

test("a download goes on where it was, and a torn beginning is fetched again", async () => {
  const bytes = bytesOf(450_000);
  await using file = await fileOf(bytes);
  const network = new MemoryNetwork(5);
  const { manifest } = await putFile({ ...owned, ...PLAN, source: file.path, network });
  const path = file.at("back");
  const get = { manifest, ownerKey: KEY, network, threads: 0, path, keepPartial: true };
  const held = network.miners.map(({ shards }) => new Map(shards));
  for (const { shard_id } of manifest.segments[3]?.shards ?? []) {
    for (const { shards } of network.miners) shards.delete(shard_id);
  }
  expect(await codeOf(getFile(get))).toBe("SHARD_MISSING");
  for (const [at, { shards }] of network.miners.entries()) {
    for (const [id, bytesOfShard] of held[at] ?? []) shards.set(id, bytesOfShard);
  }
  const partial = await readFile(partialPath(path, get));
  expect(partial.length).toBeGreaterThan(65_536);
  const { resumedBytes } = await getFile(get);
  expect(resumedBytes).toBeGreaterThanOrEqual(65_536);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  await writeFile(partialPath(path, get), partial.fill(0, 10, 20));
  await getFile(get);
  expect((await readFile(path)).equals(bytes)).toBe(true);
});
