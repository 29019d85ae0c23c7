import { randomBytes } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import { fromHex, type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import {
  putFile,
  repairSegment,
  StoredFileReader,
  ValidatorNetwork,
} from "@neurond/storage-client";
import {
  type Manifest,
  openSecrets,
  ownerKey,
  type Repair,
  type RsPlan,
  shardsOf,
  signManifest,
} from "@neurond/workload-storage/file";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Crowd } from "./support/crowd.ts";
import type { Node } from "./support/node.ts";
import { hotkey, key, NETUID } from "./support/world.ts";

const URIS = Array.from({ length: 29 }, (_, at) => `//Holder${at}`);
const VALIDATOR = "//Validator1";
const OWNER = keypairFromUri("//Dave");
const CUSTODIAN = keypairFromUri("//Ferdie");
const STRANGER = keypairFromUri("//Eve");
const KEY = ownerKey(new Uint8Array(32).fill(7));
const signal = new AbortController().signal;
const BYTES = randomBytes(300_000);

let crowd: Crowd;
let node: Node;

beforeAll(async () => {
  crowd = await Crowd.begin(URIS);
  node = await crowd.world.start(VALIDATOR, { run: { minStakeTao: "2500" } });
  await see();
}, 240_000);
afterAll(() => crowd[Symbol.asyncDispose]());

const networkOf = (who = OWNER) =>
  new ValidatorNetwork({ url: new URL(node.url), hotkey: hotkey(VALIDATOR), key: who });

/** Lets blocks pass, and the validator look after its files. */
async function see(blocks = 10): Promise<void> {
  await crowd.world.net.newBlocks(blocks);
  node.started.saw((await crowd.world.chain.head()).number);
  await node.started.upkeep(signal);
}

async function store(rs: RsPlan, ttlBlocks?: number): Promise<Manifest> {
  const { manifest } = await putFile({
    source: (async function* () {
      yield BYTES;
    })(),
    ...{ name: "kept", network: networkOf(), rs, threads: 0, ownerKey: KEY },
    owner: hotkeyOf(OWNER.publicKey),
    sign: (digest) => OWNER.sign(digest),
    custodian: hotkeyOf(CUSTODIAN.publicKey),
    ...(ttlBlocks !== undefined && { ttlBlocks }),
  });
  await networkOf().keep(manifest, signal);
  return manifest;
}

async function read(id: Manifest["id"]): Promise<Buffer> {
  const network = networkOf();
  const manifest = await network.manifest(id, signal);
  await using file = new StoredFileReader({ manifest, ownerKey: KEY, network, threads: 0 });
  return Buffer.concat(await Array.fromAsync(file.read()));
}

const holders = (manifest: Manifest, indices: readonly number[]): readonly Hotkey[] =>
  shardsOf(manifest, 0).flatMap(({ i, miner }) => (indices.includes(i) ? [miner] : []));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

async function repair(id: Manifest["id"], lost: readonly number[]): Promise<Repair> {
  const network = networkOf(CUSTODIAN);
  const manifest = await network.manifest(id, signal);
  const box = fromHex(manifest.wraps[0]?.box ?? "0x");
  const { repair: record } = await repairSegment({
    ...{ network, manifest, segment: 0, lost, signal },
    sealSecret: fromHex(openSecrets(box, KEY).seal_secret),
    custodian: hotkeyOf(CUSTODIAN.publicKey),
    sign: (digest) => CUSTODIAN.sign(digest),
  });
  if (record === null) throw new Error("nothing was moved");
  return record;
}

describe("the end of a file", () => {
  test("frees its bytes on the miners when its owner deletes it", async () => {
    const before = crowd.usedBytes();
    const manifest = await store([2, 4]);
    expect(crowd.usedBytes()).toBeGreaterThan(before);
    await networkOf(STRANGER).remove(manifest.id, signal);
    expect((await read(manifest.id)).equals(BYTES)).toBe(true);
    await networkOf().remove(manifest.id, signal);
    expect(crowd.usedBytes()).toBe(before);
    await expect(networkOf().manifest(manifest.id, signal)).rejects.toMatchObject({
      context: { code: "FILE_UNKNOWN" },
    });
    await see();
    const { log } = node.validator.stores;
    const texts = await log.read(0, await log.size());
    expect(texts.filter((text) => text.includes("storage-deletion/1"))).toHaveLength(4);
  });

  test("is told again and again to a miner that cannot be reached", async () => {
    const manifest = await store([2, 4]);
    await crowd.kill(holders(manifest, [0]));
    await networkOf().remove(manifest.id, signal);
    await see();
    const { lives } = node.validator.stores;
    expect(await lives.untold(10, { fileId: manifest.id })).toMatchObject([
      { fileId: manifest.id },
    ]);
  });

  test("comes later for one that is renewed", async () => {
    const manifest = await store([2, 4]);
    await see(20);
    const { expires, renewed, failed } = await networkOf().renew(manifest.id, signal);
    expect([renewed, failed]).toEqual([4, []]);
    expect(expires).toBeGreaterThan(manifest.expires);
    const longer = { ...unsigned(manifest), revision: 1, expires };
    await networkOf().keep(
      signManifest(longer, (d) => OWNER.sign(d)),
      signal,
    );
    const miner = crowd.miners.get(shardsOf(manifest, 0)[0]?.miner as Hotkey);
    const receipt = miner?.shards.list().find(({ receipt: { expiresBlock } }) => {
      return expiresBlock === expires;
    });
    expect(receipt).toBeDefined();
  });
});

describe("the term of a file", () => {
  const LONGEST = 216_000;
  const termOf = ({ created, expires }: Pick<Manifest, "created" | "expires">) => expires - created;
  const receiptsOf = ({ segments }: Manifest) =>
    segments.flatMap(({ shards }) =>
      shards.map(({ miner, shard_id }) => {
        const held = crowd.miners.get(miner)?.shards.list() ?? [];
        return held.find(({ receipt }) => toHex(receipt.shardId) === shard_id)?.receipt;
      }),
    );

  test("is what its owner wishes, in the manifest and in what miners signed", async () => {
    const manifest = await store([2, 4], 500);
    expect(termOf(manifest)).toBe(500);
    const receipts = receiptsOf(manifest);
    expect(receipts).toHaveLength(4);
    for (const receipt of receipts) {
      expect((receipt?.expiresBlock ?? 0) - (receipt?.storedBlock ?? 0)).toBe(500);
      expect(receipt?.expiresBlock).toBeGreaterThanOrEqual(manifest.expires);
    }
  });

  test.each([
    [1, 300],
    [LONGEST + 1, LONGEST],
    [undefined, LONGEST],
  ])("is within bounds: wished for %s blocks, it has %i", async (wished, expected) => {
    expect(termOf(await store([1, 1], wished))).toBe(expected);
  });

  test("begins anew as long as its owner wishes, and never ends sooner than was promised", async () => {
    const manifest = await store([2, 4], 500);
    await see();
    const shorter = await networkOf().renew(manifest.id, signal, 300);
    expect([termOf(shorter), shorter.renewed, shorter.failed]).toEqual([300, 4, []]);
    for (const receipt of receiptsOf(manifest)) {
      expect(receipt?.expiresBlock).toBeGreaterThanOrEqual(manifest.expires);
    }
    const longer = await networkOf().renew(manifest.id, signal, 1_000);
    expect([termOf(longer), longer.renewed, longer.failed]).toEqual([1_000, 4, []]);
    for (const receipt of receiptsOf(manifest)) expect(receipt?.expiresBlock).toBe(longer.expires);
    const [shard] = manifest.segments[0]?.shards ?? [];
    const found = await node.validator.stores.shards.find(
      (shard?.shard_id ?? "0x") as Manifest["id"],
      hotkey(VALIDATOR),
    );
    expect(found).toMatchObject({ expiresBlock: longer.expires, renewedBlock: longer.created });
  });

  test("is no number of blocks: refused", async () => {
    for (const wished of [0, -1, 1.5]) {
      await expect(store([1, 1], wished)).rejects.toMatchObject({ code: "VALIDATOR_REFUSED" });
    }
  });
});

describe("a file of ten of twenty-four shards", () => {
  let manifest: Manifest;
  let departed: readonly Hotkey[] = [];

  test("stands whole at first, for its owner and custodian alone", async () => {
    manifest = await store([10, 24]);
    const { segments } = await networkOf(CUSTODIAN).health(manifest.id, signal);
    expect(segments).toEqual([{ segment: 0, live: 24, k: 10, n: 24, lost: [] }]);
    await expect(networkOf(STRANGER).health(manifest.id, signal)).rejects.toMatchObject({
      context: { code: "FILE_UNKNOWN" },
    });
    expect(await networkOf(CUSTODIAN).endangered(null, signal)).toEqual({ files: [], next: null });
  });

  test("counts out a miner whose hotkey was replaced on the subnet, soon after", async () => {
    const held = new Set(shardsOf(manifest, 0).map(({ miner }) => miner));
    // Newcomers take the places of others until that of a holder is among them.
    for (let at = 0; departed.length === 0; at += 1) {
      const late = { netuid: NETUID, hotkey: hotkey(`//Late${at}`) };
      const sent = await crowd.world.chain.burnedRegister(key("//Charlie"), late);
      expect(sent.kind).toBe("included");
      const { byHotkey } = await crowd.world.chain.metagraph({ netuid: NETUID });
      departed = [...held].filter((one) => !byHotkey.has(one));
    }
    await see();
    const { segments } = await networkOf().health(manifest.id, signal);
    const expected = shardsOf(manifest, 0)
      .filter(({ miner }) => departed.includes(miner))
      .map(({ i }) => ({ i, reason: "departed" }));
    expect(segments[0]?.lost).toEqual(expected);
    // Who left may have held shards of other tests' files too.
    const { files } = await networkOf(CUSTODIAN).endangered(null, signal);
    expect(files).toContainEqual({ fileId: manifest.id, segments });
    expect((await networkOf(STRANGER).endangered(null, signal)).files).toEqual([]);
  });

  test("is repaired by its custodian, and nobody else", async () => {
    const { segments } = await networkOf(CUSTODIAN).health(manifest.id, signal);
    const lost = segments[0]?.lost.map(({ i }) => i) ?? [];
    const record = await repair(manifest.id, lost);
    await expect(networkOf().keepRepair(manifest.id, record, signal)).rejects.toMatchObject({
      context: { code: "FILE_UNKNOWN" },
    });
    await networkOf(CUSTODIAN).keepRepair(manifest.id, record, signal);
    // Its answer was lost, say.
    await networkOf(CUSTODIAN).keepRepair(manifest.id, record, signal);
    const again = await networkOf().health(manifest.id, signal);
    expect(again.segments[0]).toMatchObject({ live: 24, lost: [] });
    const { files } = await networkOf(CUSTODIAN).endangered(null, signal);
    expect(files.map(({ fileId }) => fileId)).not.toContain(manifest.id);
    expect((await read(manifest.id)).equals(BYTES)).toBe(true);
  });

  test("does not go back to what it was before the repair", async () => {
    const stale = signManifest({ ...unsigned(manifest), revision: 1 }, (d) => OWNER.sign(d));
    await expect(networkOf().keep(stale, signal)).rejects.toMatchObject({
      context: { code: "FILE_EXISTS" },
    });
  });

  test("comes back when fourteen of its holders die", async () => {
    const now = await networkOf().manifest(manifest.id, signal);
    await crowd.kill(holders(now, upTo(14)));
    expect((await read(manifest.id)).equals(BYTES)).toBe(true);
  });
});

function unsigned({ sig: _, ...rest }: Manifest): Omit<Manifest, "sig"> {
  return rest;
}
