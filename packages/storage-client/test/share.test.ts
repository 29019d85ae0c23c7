import { randomBytes } from "node:crypto";
import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  openFile,
  openSealed,
  ownerKey,
  rotateOwnerKey,
  sealFor,
  shareWith,
  sharingKeys,
  signManifest,
  type UnsignedManifest,
  unshare,
} from "@neurond/workload-storage/file";
import { beforeAll, expect, test } from "vitest";
import { putFile, StoredFileReader } from "../src/index.ts";
import { bytesOf, codeOf, collected, KEY, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

const DAVE = keypairFromUri("//Dave");
const friend = ownerKey(new Uint8Array(64).fill(9));
const friendsKey = sharingKeys(friend).publicKey;
const network = new MemoryNetwork(6);
const bytes = bytesOf(250_000);
let manifest: Manifest;

const sign = (unsigned: UnsignedManifest) =>
  decodeManifest(
    encodeManifest(signManifest(unsigned, (digest) => DAVE.sign(digest))),
    verifySr25519Fast,
  );
const read = async (of: Manifest, key: Uint8Array) => {
  await using file = new StoredFileReader({ manifest: of, ownerKey: key, network, threads: 0 });
  return await collected(file.read());
};

beforeAll(async () => {
  const source = (async function* () {
    yield bytes;
  })();
  const plan = { rs: [2, 4] as const, segmentBytes: 100_000, threads: 0 };
  ({ manifest } = await putFile({ ...owned, ...plan, source, network }));
  await network.keep(manifest);
});

test("a file that is shared is read by whom it is shared with, without the seal secret", async () => {
  const shared = sign(shareWith(manifest, KEY, friendsKey, randomBytes(32)));
  expect((await read(shared, friend)).equals(bytes)).toBe(true);
  expect((await read(shared, KEY)).equals(bytes)).toBe(true);
  const grant = openSealed(fromHex(shared.wraps[1]?.box ?? "0x"), sharingKeys(friend).secret);
  const text = Buffer.from(grant).toString();
  expect(text).toContain("seal_keys");
  expect(text).not.toContain("seal_secret");
  const { sealKey } = openFile(shared, friend);
  expect(sealKey(toHex(randomBytes(32)))).toBeNull();
  const first = shared.segments[0]?.shards[0]?.shard_id ?? "0x";
  expect(sealKey(first)).toEqual(openFile(shared, KEY).sealKey(first));
});

test("a share that is taken back opens nothing any more", async () => {
  const shared = sign(shareWith(manifest, KEY, friendsKey, randomBytes(32)));
  const alone = sign(unshare(shared, friendsKey));
  expect(alone.wraps).toHaveLength(1);
  expect(alone.revision).toBe(shared.revision + 1);
  expect(await codeOf(read(alone, friend))).toBe("KEY_INVALID");
});

test("the owner's key is changed without touching data, and shares stay", async () => {
  const shared = sign(shareWith(manifest, KEY, friendsKey, randomBytes(32)));
  const to = ownerKey(new Uint8Array(64).fill(1));
  const rotated = sign(rotateOwnerKey(shared, { from: KEY, to }, randomBytes(24)));
  expect(rotated.segments).toEqual(manifest.segments);
  expect((await read(rotated, to)).equals(bytes)).toBe(true);
  expect((await read(rotated, friend)).equals(bytes)).toBe(true);
  expect(await codeOf(read(rotated, KEY))).toBe("KEY_INVALID");
});

test("nobody but the owner shares, and a lower revision replaces nothing", async () => {
  expect(() => shareWith(manifest, friend, friendsKey, randomBytes(32))).toThrow("do not open");
  const shared = sign(shareWith(manifest, KEY, friendsKey, randomBytes(32)));
  await network.keep(shared);
  expect(await codeOf(network.keep(manifest))).toBe("FILE_EXISTS");
});

test("a sealed box opens for its receiver only, and not when it was changed", () => {
  const { secret, publicKey } = sharingKeys(KEY);
  const box = sealFor(publicKey, Uint8Array.of(1, 2, 3), randomBytes(32));
  expect([...openSealed(box, secret)]).toEqual([1, 2, 3]);
  expect(() => openSealed(box, sharingKeys(friend).secret)).toThrow("does not open");
  for (let at = 0; at < box.length; at += 1) {
    const changed = box.with(at, (box[at] ?? 0) ^ 1);
    // The top bit of an X25519 key is not part of it, but of what the nonce is made of.
    expect(() => openSealed(changed, secret)).toThrow("does not open");
  }
  expect(() => openSealed(new Uint8Array(5), secret)).toThrow("does not open");
  expect(() => sealFor(new Uint8Array(3), box, randomBytes(32))).toThrow("32 bytes");
});
