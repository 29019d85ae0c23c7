import { randomBytes } from "node:crypto";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { fromHex, type Hex, hotkeyOf, toHex } from "@neurond/primitives";
import {
  AnyValidator,
  newestOf,
  putFile,
  StoredFileReader,
  ValidatorNetwork,
} from "@neurond/storage-client";
import {
  type Manifest,
  nextRevision,
  ownerKey,
  shareWith,
  sharingKeys,
  signManifest,
  signReadGrant,
} from "@neurond/workload-storage/file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Crowd } from "./support/crowd.ts";
import type { Node } from "./support/node.ts";
import { hotkey } from "./support/world.ts";

const KEY = ownerKey(new Uint8Array(64).fill(7));
const owner = keypairFromUri("//Owner1");
const stranger = keypairFromUri("//Stranger");
const signal = new AbortController().signal;

let crowd: Crowd;
let home: Node;
let other: Node;

beforeAll(async () => {
  crowd = await Crowd.begin(
    Array.from({ length: 4 }, (_, at) => `//Holder${at}`),
    ["//Validator1", "//Validator2"],
  );
  [home, other] = await Promise.all([
    crowd.world.start("//Validator1", { run: { minStakeTao: "2500" } }),
    crowd.world.start("//Validator2", {
      run: { minStakeTao: "2500" },
      storage: { copyBytes: 30_000 },
    }),
  ]);
}, 180_000);
afterAll(() => crowd[Symbol.asyncDispose]());

const through = (node: Node, key: Keypair = owner, grant?: string) =>
  new ValidatorNetwork({
    url: new URL(node.url),
    hotkey: node.validator.identity.hotkey,
    key,
    ...(grant !== undefined && { grant }),
  });
const signed = (unsigned: Parameters<typeof signManifest>[0], key: Keypair = owner): Manifest =>
  signManifest(unsigned, (digest) => key.sign(digest));

async function put(bytes: Uint8Array): Promise<Manifest> {
  const network = through(home);
  const { manifest } = await putFile({
    source: (async function* () {
      yield bytes;
    })(),
    ...{ name: "file", network, owner: hotkeyOf(owner.publicKey), ownerKey: KEY },
    ...{ sign: (digest: Uint8Array) => owner.sign(digest), rs: [2, 4] as const, threads: 0 },
  });
  await network.keep(manifest, signal);
  return manifest;
}

async function read(manifest: Manifest, first: ValidatorNetwork, key = KEY): Promise<Buffer> {
  const network = new AnyValidator({ manifest, first, others: async () => [through(other)] });
  await using file = new StoredFileReader({ manifest, ownerKey: key, network, threads: 0 });
  return Buffer.concat(await Array.fromAsync(file.read()));
}

const refusal = (code: string) => ({ code: "VALIDATOR_REFUSED", context: { code } });

/** A shard of a file, and where it belongs, as a reader asks for it. */
function shardOf({ id, segments }: Manifest) {
  const shard = segments[0]?.shards[0];
  if (shard === undefined) throw new Error("a file has shards");
  const { i: index, generation, miner, size } = shard;
  const stored = { shardId: fromHex(shard.shard_id), root: fromHex(shard.root), size, miner };
  return { stored, position: { fileId: id, segment: 0, index, generation, miner } };
}

test("a copy is given to the owner and to readers, and to nobody else", async () => {
  const manifest = await put(randomBytes(1000));
  const mine = through(other);
  await expect(mine.manifest(manifest.id, signal)).rejects.toMatchObject(refusal("FILE_UNKNOWN"));
  await mine.keepCopy(manifest, signal);
  await mine.keepCopy(manifest, signal);
  expect(await mine.manifest(manifest.id, signal)).toEqual(manifest);
  const theirs = through(other, stranger);
  await expect(theirs.manifest(manifest.id, signal)).rejects.toMatchObject(refusal("FILE_UNKNOWN"));
  const { stored, position } = shardOf(manifest);
  await expect(theirs.openShard(stored, signal, position)).rejects.toMatchObject(
    refusal("SHARD_UNKNOWN"),
  );
  const readersKey = ownerKey(new Uint8Array(64).fill(8));
  const to = sharingKeys(readersKey).publicKey;
  const shared = signed(shareWith(manifest, KEY, to, randomBytes(32)));
  await mine.keepCopy(shared, signal);
  const grant = signReadGrant(
    { file_id: shared.id, reader: hotkeyOf(stranger.publicKey), to: toHex(to) },
    (digest) => owner.sign(digest),
  );
  const reader = through(other, stranger, grant);
  expect(await reader.manifest(shared.id, signal)).toEqual(shared);
  expect((await read(shared, reader, readersKey)).length).toBe(1000);
});

test("an older revision does not take the place of a newer, and a stranger's takes nobody's", async () => {
  const manifest = await put(randomBytes(1000));
  const mine = through(other);
  const next = signed(nextRevision(manifest));
  await mine.keepCopy(next, signal);
  await mine.keepCopy(manifest, signal);
  expect((await mine.manifest(manifest.id, signal)).revision).toBe(1);
  const sender = hotkeyOf(stranger.publicKey);
  const [own] = manifest.wraps;
  const forged = signed(
    { ...nextRevision(next), owner: sender, wraps: [{ to: sender, box: own?.box ?? "0x" }] },
    stranger,
  );
  const theirs = through(other, stranger);
  await theirs.keepCopy(forged, signal);
  expect((await mine.manifest(manifest.id, signal)).owner).toBe(manifest.owner);
  await expect(theirs.keepCopy(next, signal)).rejects.toMatchObject(refusal("MANIFEST_REFUSED"));
  const stolen = { ...next, expires: next.expires + 9 };
  await expect(mine.keepCopy(stolen, signal)).rejects.toMatchObject(refusal("MANIFEST_INVALID"));
});

test("through a copy only its own file's shards are given", async () => {
  const [one, two] = [await put(randomBytes(1000)), await put(randomBytes(1000))];
  const mine = through(other);
  await mine.keepCopy(one, signal);
  const { stored } = shardOf(two);
  const { position } = shardOf(one);
  for (const claimed of [position, { ...shardOf(two).position, fileId: one.id }, undefined]) {
    await expect(mine.openShard(stored, signal, claimed)).rejects.toMatchObject(
      refusal("SHARD_UNKNOWN"),
    );
  }
});

test("copies take no more room than there is, end with their files, and go when they are deleted", async () => {
  const mine = through(other);
  const kept = await put(randomBytes(1000));
  await mine.keepCopy(kept, signal);
  let refused: Hex | null = null;
  for (let tries = 0; tries < 20 && refused === null; tries += 1) {
    const { id } = await put(randomBytes(10)).then(async (manifest) => {
      await mine.keepCopy(manifest, signal).catch((error) => {
        expect(error).toMatchObject(refusal("COPIES_FULL"));
        refused = manifest.id;
      });
      return manifest;
    });
    expect(id).toMatch(/^0x/);
  }
  expect(refused).not.toBeNull();
  await mine.remove(kept.id, signal);
  await expect(mine.manifest(kept.id, signal)).rejects.toMatchObject(refusal("FILE_UNKNOWN"));
  const over = signed({ ...nextRevision(kept), expires: 1 });
  await expect(mine.keepCopy(over, signal)).rejects.toMatchObject(refusal("MANIFEST_REFUSED"));
});

test("a file is read through another validator while the one it was stored through is gone", async () => {
  const bytes = randomBytes(120_000);
  const before = await put(bytes);
  const manifest = signed(nextRevision(before));
  await through(home).keep(manifest, signal);
  // A copy that is older than what its own validator has.
  await other.validator.stores.copies.purge(Number.MAX_SAFE_INTEGER as never);
  await through(other).keepCopy(before, signal);
  const both = [through(home), through(other)];
  expect((await newestOf(both, manifest.id, signal))?.manifest).toEqual(manifest);
  const first = through(home);
  await home.crash();
  const found = await newestOf(both, manifest.id, signal);
  expect(found?.network.hotkey).toBe(hotkey("//Validator2"));
  expect((await read(found?.manifest ?? manifest, first)).equals(bytes)).toBe(true);
  await expect(newestOf([first], manifest.id, signal)).rejects.toMatchObject({
    code: "VALIDATOR_UNREACHABLE",
  });
  expect(await newestOf([through(other)], toHex(randomBytes(32)), signal)).toBeNull();
});
