import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fromHex, hotkeyOf } from "@neurond/primitives";
import {
  putFile,
  StoredFileReader,
  type StoredShard,
  ValidatorNetwork,
} from "@neurond/storage-client";
import { type Manifest, ownerKey, shardsOf, signManifest } from "@neurond/workload-storage/file";
import { shardNameOf } from "@neurond/workload-storage/io";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Crowd } from "./support/crowd.ts";
import { type Forge, ForgingRelay } from "./support/forging-relay.ts";
import type { Node } from "./support/node.ts";
import { hotkey, key } from "./support/world.ts";

const VALIDATOR = "//Validator1";
const OWNER = key("//Dave");
const STRANGER = key("//Eve");
const KEY = ownerKey(new Uint8Array(32).fill(7));
const BYTES = randomBytes(200_000);
const signal = new AbortController().signal;

let crowd: Crowd;
let node: Node;
let liar: ForgingRelay;
let manifest: Manifest;

beforeAll(async () => {
  crowd = await Crowd.begin(Array.from({ length: 4 }, (_, at) => `//Holder${at}`));
  node = await crowd.world.start(VALIDATOR, { run: { minStakeTao: "2500" } });
  await crowd.world.net.newBlocks(2);
  node.started.saw((await crowd.world.chain.head()).number);
  liar = await ForgingRelay.to(node.url);
  manifest = await store(BYTES);
}, 300_000);
afterEach(() => {
  liar.forge = null;
});
afterAll(async () => {
  await liar[Symbol.asyncDispose]();
  await crowd[Symbol.asyncDispose]();
}, 120_000);

const honest = () =>
  new ValidatorNetwork({ url: new URL(node.url), hotkey: hotkey(VALIDATOR), key: OWNER });
const lying = () => new ValidatorNetwork({ url: liar.url, hotkey: hotkey(VALIDATOR), key: OWNER });

async function store(bytes: Uint8Array): Promise<Manifest> {
  const source = (async function* () {
    yield bytes;
  })();
  const { manifest: made } = await putFile({
    ...{ source, name: "kept", network: honest(), rs: [2, 4], threads: 0, ownerKey: KEY },
    owner: hotkeyOf(OWNER.publicKey),
    sign: (digest) => OWNER.sign(digest),
  });
  await honest().keep(made, signal);
  return made;
}

/** What the file is through a network, and which shards were found to be bad. */
async function read(network: ValidatorNetwork, of: Manifest = manifest) {
  const bad: number[] = [];
  const onBadShard = ({ shardId }: StoredShard) => {
    const name = Buffer.from(shardId).toString("hex");
    bad.push(shardsOf(of, 0).find(({ shard_id }) => shard_id === `0x${name}`)?.i ?? -1);
  };
  const options = { manifest: of, ownerKey: KEY, network, threads: 0, onBadShard };
  await using file = new StoredFileReader(options);
  const bytes = Buffer.concat(await Array.fromAsync(file.read()));
  return { isSame: bytes.equals(BYTES), bad };
}

const ofManifest = ({ method, path }: Parameters<Forge>[0]) =>
  method === "GET" && path.startsWith("/v1/storage/files/0x");
const ofShard = ({ method, path }: Parameters<Forge>[0]) =>
  method === "GET" && path.startsWith("/v1/storage/shards/");
const flipped = (bytes: Buffer, at: number) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

describe("a node that hands out another manifest", () => {
  const forged: readonly [string, (real: Manifest) => object, string][] = [
    ["of another size", (real) => ({ ...real, size: real.size + 1 }), "MANIFEST_INVALID"],
    ["with a later end", (real) => ({ ...real, expires: real.expires + 1 }), "MANIFEST_INVALID"],
    [
      "with a miner of its own",
      (real) => withShard(real, { miner: hotkeyOf(STRANGER.publicKey) }),
      "MANIFEST_INVALID",
    ],
    [
      "with another root",
      (real) => withShard(real, { root: `0x${"11".repeat(32)}` }),
      "MANIFEST_INVALID",
    ],
    [
      "of petabytes in one segment",
      (real) => ({ ...real, size: 2 ** 52, segment_size: 2 ** 52 }),
      "MANIFEST_INVALID",
    ],
    [
      "of more segments than memory holds",
      (real) => ({ ...real, size: 2 ** 52, segment_size: 1 }),
      "MANIFEST_INVALID",
    ],
    ["with a field more", (real) => ({ ...real, path: "../../etc" }), "MANIFEST_INVALID"],
  ];

  test.each(forged)("%s is found out", async (_, change, code) => {
    liar.forge = async (request, real) => {
      if (!ofManifest(request)) return null;
      return { body: Buffer.from(JSON.stringify(change(JSON.parse((await real()).toString())))) };
    };
    await expect(lying().manifest(manifest.id, signal)).rejects.toMatchObject({ code });
  });

  test("of a file of its own is found out by the id, its signature notwithstanding", async () => {
    const { sig: _, ...unsigned } = manifest;
    const other = signManifest({ ...unsigned, id: `0x${"22".repeat(32)}` }, (d) => OWNER.sign(d));
    liar.forge = async (request) =>
      ofManifest(request) ? { body: Buffer.from(JSON.stringify(other)) } : null;
    await expect(lying().manifest(manifest.id, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^(MANIFEST_INVALID|VALIDATOR_MALFORMED)$/),
    });
  });

  test("that is no manifest, or has no end, is found out", async () => {
    for (const body of [Buffer.from("{}"), Buffer.from("\0"), endless()]) {
      liar.forge = async (request) => (ofManifest(request) ? { body } : null);
      await expect(lying().manifest(manifest.id, signal)).rejects.toThrow();
    }
  });
});

describe("a node that hands out other bytes", () => {
  test.each([
    ["a bit turned", async (real: Buffer) => flipped(real, 5_000)],
    ["a byte less", async (real: Buffer) => real.subarray(1)],
    ["a byte more", async (real: Buffer) => Buffer.concat([real, Buffer.of(0)])],
    ["no end", async () => endless()],
    ["nothing", async () => Buffer.alloc(0)],
  ] as const)("of two shards, with %s, is found out, and others are fetched", async (_, change) => {
    const two = new Set(
      shardsOf(manifest, 0)
        .slice(0, 2)
        .map(({ shard_id }) => shard_id.slice(2)),
    );
    liar.forge = async (request, real) => {
      const isChosen = ofShard(request) && [...two].some((name) => request.path.includes(name));
      return isChosen ? { body: await change(await real()) } : null;
    };
    const { isSame, bad } = await read(lying());
    expect(isSame).toBe(true);
    // One may still be on its way when the others suffice.
    expect([[0], [1], [0, 1]]).toContainEqual(bad.toSorted());
  });

  test("of every shard gives no content at all", async () => {
    liar.forge = async (request, real) =>
      ofShard(request) ? { body: flipped(await real(), 0) } : null;
    await expect(read(lying())).rejects.toMatchObject({ code: "SHARD_MISSING" });
  });

  test("and shows one shard in the place of another gives no content either", async () => {
    const [first] = shardsOf(manifest, 0);
    const shard = { shardId: fromHex(first?.shard_id ?? "0x"), size: first?.size ?? 0 };
    const bytes = await buffer(await honest().openShard(shard, signal));
    liar.forge = async (request) => (ofShard(request) ? { body: bytes } : null);
    await expect(read(lying())).rejects.toMatchObject({ code: "SHARD_MISSING" });
  });
});

describe("a node that withholds", () => {
  const refusal = (code: string) => Buffer.from(JSON.stringify({ detail: "not here", code }));

  test("a manifest: whoever has it from elsewhere reads on", async () => {
    liar.forge = async (request) =>
      ofManifest(request) ? { status: 404, body: refusal("FILE_UNKNOWN") } : null;
    await expect(lying().manifest(manifest.id, signal)).rejects.toMatchObject({
      code: "VALIDATOR_REFUSED",
      context: { code: "FILE_UNKNOWN" },
    });
    expect(await read(lying())).toEqual({ isSame: true, bad: [] });
  });

  test("shards: the file comes from those that are left, and else by name of what failed", async () => {
    let left = 2;
    liar.forge = async (request) => {
      if (!ofShard(request)) return null;
      left -= 1;
      return left >= 0 ? { status: 404, body: refusal("SHARD_UNKNOWN") } : null;
    };
    expect(await read(lying())).toMatchObject({ isSame: true });
    liar.forge = async (request) =>
      ofShard(request) ? { status: 404, body: refusal("SHARD_UNKNOWN") } : null;
    await expect(read(lying())).rejects.toMatchObject({ code: "SHARD_MISSING" });
    expect(await read(honest())).toEqual({ isSame: true, bad: [] });
  });
});

test("a deletion that is only claimed is seen: the file is served, and no log says that it is gone", async () => {
  const kept = await store(BYTES);
  const { log } = node.validator.stores;
  const used = crowd.usedBytes();
  liar.forge = async ({ method }) => (method === "DELETE" ? { body: Buffer.from("{}") } : null);
  await lying().remove(kept.id, signal);
  await node.started.upkeep(signal);
  const deletions = async () =>
    (await log.read(0, await log.size())).filter((text) => text.includes("storage-deletion/1"));
  expect(await deletions()).toEqual([]);
  expect(crowd.usedBytes()).toBe(used);
  expect((await honest().manifest(kept.id, signal)).id).toBe(kept.id);
  expect(await read(honest(), kept)).toEqual({ isSame: true, bad: [] });
  await honest().remove(kept.id, signal);
  await node.started.upkeep(signal);
  expect(await deletions()).toHaveLength(4);
  expect(crowd.usedBytes()).toBeLessThan(used);
});

test("a wrong shard on the disk of any holder is detected, and fetched elsewhere", async () => {
  for (const { i, miner, shard_id } of shardsOf(manifest, 0)) {
    const name = shardNameOf(fromHex(shard_id));
    const directory = crowd.miners.get(miner)?.directory ?? "";
    const file = join(directory, "shards", name.slice(0, 2), `${name}.shard`);
    const before = await readFile(file);
    await writeFile(file, flipped(Buffer.from(before), before.length - 1));
    const { isSame, bad } = await read(honest());
    await writeFile(file, before);
    expect(isSame).toBe(true);
    // Only what is read is checked: the file may have come from two others.
    for (const found of bad) expect(found).toBe(i);
  }
});

async function* endless() {
  for (;;) yield new Uint8Array(65_536).fill(0x20);
}

function withShard({ segments, ...rest }: Manifest, change: object): object {
  const [{ index, shards } = { index: 0, shards: [] }] = segments;
  const changed = shards.map((shard, at) => (at === 0 ? { ...shard, ...change } : shard));
  return { ...rest, segments: [{ index, shards: changed }] };
}
