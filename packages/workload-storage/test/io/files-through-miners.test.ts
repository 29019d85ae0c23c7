import { hash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { expect, test } from "vitest";
import { getFile, type WantedShard } from "../../io/get-file.ts";
import { putFile } from "../../io/put-file.ts";
import {
  decodeManifest,
  encodeManifest,
  openSecrets,
  ownerKey,
  placeCopies,
  shardIdOf,
} from "../../src/index.ts";
import { dataNamed } from "../test-data.ts";
import { collected, rejection, temporaryDirectory } from "./files.ts";

const OWNER = keypairFromUri("//Dave");
const KEY = ownerKey(new Uint8Array(64).fill(7));
const MINERS = ["//Bob", "//Charlie", "//Eve"].map((uri) =>
  hotkeyOf(keypairFromUri(uri).publicKey),
);
const SEGMENT = 100_000;

/** Puts a file with two copies and three miners that keep what they got. */
async function putAndHold(directory: string, bytes: Uint8Array) {
  const [path, temporaryPath] = [join(directory, "file"), join(directory, "encrypted")];
  await writeFile(path, bytes);
  const held = new Map<string, Uint8Array>();
  const manifest = await putFile({
    path,
    temporaryPath,
    name: "report.pdf",
    copies: 2,
    place: async ({ segments, copies }) => ({
      placements: placeCopies(segments, MINERS, copies),
      created: 100,
      expires: 1000,
    }),
    segmentBytes: SEGMENT,
    owner: hotkeyOf(OWNER.publicKey),
    ownerKey: KEY,
    sign: (digest) => OWNER.sign(digest),
    async deliver({ shardId, miner, body, sha256, ...place }) {
      const bytesOfShard = await collected(body());
      expect(shardIdOf({ ...place, generation: 0, miner })).toEqual(shardId);
      expect(hash("sha256", bytesOfShard, "buffer")).toEqual(sha256);
      held.set(`${miner}/${toHex(shardId)}`, bytesOfShard);
    },
  });
  async function* fetchShard({ shardId, miner }: WantedShard) {
    const bytesOfShard = held.get(`${miner}/${toHex(shardId)}`);
    if (bytesOfShard === undefined) throw new Error("connection refused");
    yield Uint8Array.from(bytesOfShard);
  }
  const get = { manifest, ownerKey: KEY, path: join(directory, "back"), fetchShard };
  return { manifest, held, get };
}

test.each([0, 1, 65_535, 65_536, 65_537, 99_969, 250_000, 400_001])(
  "a file of %i bytes comes back bit for bit",
  async (size) => {
    await using directory = await temporaryDirectory();
    const bytes = dataNamed("file", size);
    const { manifest, get } = await putAndHold(directory.path, bytes);
    expect(decodeManifest(encodeManifest(manifest), verifySr25519Fast)).toEqual(manifest);
    expect(await getFile(get)).toEqual({ name: "report.pdf" });
    expect(await readFile(get.path)).toEqual(Buffer.from(bytes));
    expect((await readdir(directory.path)).sort()).toEqual(["back", "file"]);
  },
);

test("every copy is sealed otherwise, and none shows the file", async () => {
  await using directory = await temporaryDirectory();
  const { held } = await putAndHold(directory.path, new Uint8Array(90_000));
  const copies = [...held.values()].map((copy) => Buffer.from(copy).toString("latin1"));
  expect(copies).toHaveLength(2);
  expect(copies[0]).not.toBe(copies[1]);
  expect(copies.some((copy) => copy.includes("\0".repeat(16)))).toBe(false);
});

test("a copy with a flipped bit, and one that is gone, are passed over", async () => {
  await using directory = await temporaryDirectory();
  const bytes = dataNamed("file", 250_000);
  const { manifest, held, get } = await putAndHold(directory.path, bytes);
  for (const { index, shards } of manifest.segments) {
    const first = `${shards[0]?.miner}/${shards[0]?.shard_id}`;
    const shard = held.get(first);
    if (index % 2 === 0 || shard === undefined) held.delete(first);
    else shard[5] = (shard[5] ?? 0) ^ 1;
  }
  const bad: unknown[] = [];
  await getFile({ ...get, onBadShard: (wanted) => bad.push(wanted) });
  expect(await readFile(get.path)).toEqual(Buffer.from(bytes));
  expect(bad.length).toBeGreaterThan(0);
});

test("without any copy of a segment nothing appears", async () => {
  await using directory = await temporaryDirectory();
  const { held, get } = await putAndHold(directory.path, dataNamed("file", 250_000));
  held.clear();
  expect(await rejection(getFile(get))).toBe("SHARD_MISSING");
  expect(await readdir(directory.path)).toEqual(["file"]);
});

test("another owner's key opens nothing", async () => {
  await using directory = await temporaryDirectory();
  const { manifest, get } = await putAndHold(directory.path, dataNamed("file", 10));
  const other = ownerKey(new Uint8Array(64).fill(8));
  expect(await rejection(getFile({ ...get, ownerKey: other }))).toBe("KEY_INVALID");
  expect(() => openSecrets(new Uint8Array(3), KEY)).toThrow("do not open");
  expect(encodeManifest(manifest)).not.toContain("report.pdf");
});

test("no manifest that was altered is taken", async () => {
  await using directory = await temporaryDirectory();
  const { manifest } = await putAndHold(directory.path, dataNamed("file", 250_000));
  const [first, ...rest] = manifest.segments;
  if (first === undefined) throw new Error("there is a segment");
  for (const altered of [
    { ...manifest, expires: 2000 },
    { ...manifest, size: manifest.size + 1 },
    { ...manifest, segments: rest },
    { ...manifest, size: 2 ** 50, segment_size: 1 },
    { ...manifest, segments: [{ ...first, shards: first.shards.slice(1) }, ...rest] },
  ]) {
    expect(() => decodeManifest(encodeManifest(altered), verifySr25519Fast)).toThrow(
      "cannot be used",
    );
    // Nor when its owner signs it, unless it is a manifest of the same file.
    if (altered.size === manifest.size && altered.segments === manifest.segments) continue;
    expect(() => decodeManifest(encodeManifest(altered), () => true)).toThrow("cannot be used");
  }
  expect(() => decodeManifest(` ${encodeManifest(manifest)}`, verifySr25519Fast)).toThrow(
    "canonical",
  );
  expect(() => decodeManifest("{}", verifySr25519Fast)).toThrow("shape");
});

test("a silent miner is not waited for, and is told when another copy came first", async () => {
  await using directory = await temporaryDirectory();
  const bytes = dataNamed("file", 50_000);
  const { manifest, get } = await putAndHold(directory.path, bytes);
  const silent = manifest.segments[0]?.shards[0]?.miner;
  const cancelled: string[] = [];
  async function* fetchShard(wanted: WantedShard, signal: AbortSignal) {
    if (wanted.miner !== silent) return yield* get.fetchShard(wanted);
    await new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        cancelled.push(wanted.miner);
        reject(new Error("cancelled"));
      });
    });
  }
  const bad: unknown[] = [];
  await getFile({ ...get, fetchShard, hedgeMs: 20, onBadShard: (wanted) => bad.push(wanted) });
  expect(await readFile(get.path)).toEqual(Buffer.from(bytes));
  expect(cancelled).toEqual([silent]);
  expect(bad).toEqual([]);
  expect((await readdir(directory.path)).sort()).toEqual(["back", "file"]);
});

test("whoever gives up gets nothing, and no bytes stay behind", async () => {
  await using directory = await temporaryDirectory();
  const { get } = await putAndHold(directory.path, dataNamed("file", 50_000));
  const giveUp = new AbortController();
  async function* fetchShard(wanted: WantedShard) {
    giveUp.abort();
    yield* get.fetchShard(wanted);
  }
  const getting = getFile({ ...get, fetchShard, signal: giveUp.signal });
  await expect(getting).rejects.toThrow("aborted");
  expect(await readdir(directory.path)).toEqual(["file"]);
});

test("places that are not one miner for each copy are refused before anything is sent", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "file");
  await writeFile(path, new Uint8Array(10));
  const [miner = hotkeyOf(OWNER.publicKey)] = MINERS;
  const putting = putFile({
    path,
    temporaryPath: join(directory.path, "encrypted"),
    name: "file",
    copies: 2,
    place: async ({ segments }) => ({
      placements: segments.map((segment) => ({ segment, miners: [miner, miner] })),
      created: 1,
      expires: 2,
    }),
    owner: hotkeyOf(OWNER.publicKey),
    ownerKey: KEY,
    sign: (digest) => OWNER.sign(digest),
    deliver: () => Promise.reject(new Error("nothing may be sent")),
  });
  expect(await rejection(putting)).toBe("PLAN_INVALID");
  expect(await readdir(directory.path)).toEqual(["file"]);
});
