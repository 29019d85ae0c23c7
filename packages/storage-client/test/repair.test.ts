import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { fromHex, hotkeyOf } from "@neurond/primitives";
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  openSecrets,
  type Repair,
  type RsPlan,
  shardsOf,
  shareWith,
  sharingKeys,
  signManifest,
  signRepair,
  withRepair,
} from "@neurond/workload-storage/file";
import { describe, expect, test } from "vitest";
import { putFile, repairSegment, StoredFileReader } from "../src/index.ts";
import { bytesOf, codeOf, collected, KEY, OWNER, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

const CUSTODIAN = keypairFromUri("//Custodian");
const custodian = hotkeyOf(CUSTODIAN.publicKey);
const signal = new AbortController().signal;
const BYTES = bytesOf(150_000);

/** A file of two segments with a custodian, on more miners than it needs. */
async function stored(rs: RsPlan, miners: number) {
  const network = new MemoryNetwork(miners);
  const source = (async function* () {
    yield BYTES;
  })();
  const put = { ...owned, source, network, rs, custodian, segmentBytes: 100_000, threads: 0 };
  const { manifest } = await putFile(put);
  const read = async (from: Manifest) => {
    await using file = new StoredFileReader({ manifest: from, ownerKey: KEY, network, threads: 0 });
    return await collected(file.read());
  };
  return { network, manifest, read };
}

const decoded = (manifest: Manifest) => decodeManifest(encodeManifest(manifest), verifySr25519Fast);
const sealSecretOf = (manifest: Manifest) =>
  fromHex(openSecrets(fromHex(manifest.wraps[0]?.box ?? "0x"), KEY).seal_secret);

function repair(network: MemoryNetwork, manifest: Manifest, segment: number, lost: number[]) {
  return repairSegment({
    ...{ network, manifest, segment, lost, custodian, signal, hedgeMs: 50 },
    sealSecret: sealSecretOf(manifest),
    sign: (digest) => CUSTODIAN.sign(digest),
  });
}

/** Ends the miners of some shards of a segment: they neither give nor take. */
function kill(network: MemoryNetwork, manifest: Manifest, segment: number, indices: number[]) {
  const dead = new Set(indices.map((i) => shardsOf(manifest, segment)[i]?.miner));
  for (const miner of network.miners) {
    if (!dead.has(miner.hotkey)) continue;
    miner.shards.clear();
    miner.behave = () => Promise.reject(new Error("dead"));
  }
}

const firstIndices = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("with ten of twenty-four", () => {
  test("a file comes back when fourteen holders are gone", async () => {
    const { network, manifest, read } = await stored([10, 24], 24);
    kill(network, manifest, 0, firstIndices(14));
    expect((await read(manifest)).equals(BYTES)).toBe(true);
  });

  test("nine holders are replaced by others, and what they get is what the owner stored", async () => {
    const { network, manifest, read } = await stored([10, 24], 40);
    const lost = firstIndices(9);
    kill(network, manifest, 0, lost);
    const done = await repair(network, manifest, 0, lost);
    expect(done.unplaced).toEqual([]);
    expect(done.moved.map(({ i }) => i)).toEqual(lost);
    const repaired = decoded(withRepair(manifest, done.repair as Repair));
    const now = shardsOf(repaired, 0);
    expect(new Set(now.map(({ miner }) => miner)).size).toBe(24);
    expect(now.map(({ plain_root }) => plain_root)).toEqual(
      shardsOf(manifest, 0).map(({ plain_root }) => plain_root),
    );
    // Only the new ones are left of the first ten: a reader that gets the file used them.
    kill(network, repaired, 0, [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
    expect((await read(repaired)).equals(BYTES)).toBe(true);
  });
});

test("a holder that lies during a repair is replaced with those that were lost", async () => {
  const { network, manifest, read } = await stored([3, 6], 12);
  kill(network, manifest, 0, [0]);
  const liar = shardsOf(manifest, 0)[1];
  network.miners
    .find(({ hotkey }) => hotkey === liar?.miner)
    ?.shards.get(liar?.shard_id ?? "0x")
    ?.fill(1);
  const done = await repair(network, manifest, 0, [0]);
  expect(done.moved.map(({ i }) => i)).toEqual([0, 1]);
  const repaired = decoded(withRepair(manifest, done.repair as Repair));
  expect((await read(repaired)).equals(BYTES)).toBe(true);
});

test("a repair that was cut short is made again, and comes to the same", async () => {
  const { network, manifest } = await stored([3, 6], 12);
  kill(network, manifest, 1, [2, 4]);
  const ended = new AbortController();
  const deliver = network.deliver.bind(network);
  const dying = Object.assign(Object.create(network) as MemoryNetwork, {
    deliver: async (...given: Parameters<typeof deliver>) => {
      await deliver(...given);
      ended.abort();
    },
  });
  const cut = repairSegment({
    ...{ network: dying, manifest, segment: 1, lost: [2, 4], custodian },
    sealSecret: sealSecretOf(manifest),
    sign: (digest) => CUSTODIAN.sign(digest),
    signal: ended.signal,
  });
  await expect(cut).rejects.toThrow();
  const done = await repair(network, manifest, 1, [2, 4]);
  expect(done.moved.map(({ i }) => i)).toEqual([2, 4]);
  decoded(withRepair(manifest, done.repair as Repair));
});

test("the same place is never sealed twice with one keystream, whoever holds it", async () => {
  const { network, manifest } = await stored([2, 4], 5);
  const seen = new Set(manifest.segments.flatMap(({ shards }) => shards.map((s) => s.shard_id)));
  let current = manifest;
  for (let round = 1; round <= 4; round += 1) {
    const { repair: record } = await repair(network, current, 0, [0]);
    current = decoded(withRepair(current, record as Repair));
    const id = shardsOf(current, 0)[0]?.shard_id ?? "0x";
    expect(seen.has(id)).toBe(false);
    seen.add(id);
  }
});

test("without enough miners, what found a place is kept and the rest is told of", async () => {
  const { network, manifest } = await stored([3, 6], 7);
  const done = await repair(network, manifest, 0, [0, 1, 2]);
  expect([done.moved.length, done.unplaced.length]).toEqual([1, 2]);
  const full = await stored([3, 6], 6);
  full.network.fetched.length = 0;
  expect((await repair(full.network, full.manifest, 0, [5])).repair).toBeNull();
  expect(full.network.fetched, "fetched for nothing").toEqual([]);
});

test("what is made anew is wanted for what is left of the file's term, and no longer", async () => {
  const { network, manifest } = await stored([3, 6], 12);
  expect([manifest.created, manifest.expires]).toEqual([100, 1000]);
  network.block = 700;
  network.terms.length = 0;
  await repair(network, manifest, 0, [0, 1]);
  expect(network.terms).toEqual([300, 300]);
});

test("with fewer than k shards left there is nothing to make others of", async () => {
  const { network, manifest } = await stored([3, 6], 12);
  kill(network, manifest, 0, [0, 1, 2, 3]);
  expect(await codeOf(repair(network, manifest, 0, [0, 1, 2, 3]))).toBe("SHARD_MISSING");
});

describe("holders that count as lost, and serve", () => {
  test("are asked for their shards where the others are too few, and replaced", async () => {
    const { network, manifest, read } = await stored([3, 6], 12);
    const all = firstIndices(6);
    const done = await repair(network, manifest, 0, all);
    expect(done.moved.map(({ i }) => i)).toEqual(all);
    const repaired = decoded(withRepair(manifest, done.repair as Repair));
    expect((await read(repaired)).equals(BYTES)).toBe(true);
  });

  test("are not asked while others bring the segment back", async () => {
    const { network, manifest } = await stored([3, 6], 12);
    const ids = shardsOf(manifest, 0).map(({ shard_id }) => shard_id);
    network.fetched.length = 0;
    await repair(network, manifest, 0, [0, 1, 2]);
    expect(network.fetched.toSorted()).toEqual(ids.slice(3).toSorted());
  });
});

describe("the record of a repair", () => {
  const made = async () => {
    const world = await stored([3, 6], 12);
    const { repair: record } = await repair(world.network, world.manifest, 0, [4]);
    return { ...world, record: record as Repair };
  };
  const refused = (manifest: Manifest) => codeOf((async () => decoded(manifest))());

  test("is refused from anybody but the custodian whom the owner named", async () => {
    const { manifest, record } = await made();
    const { sig: _, ...unsigned } = record;
    const other = hotkeyOf(OWNER.publicKey);
    const shards = record.shards.map((shard) => ({ ...shard, custodian: other }));
    const forged = signRepair(manifest.id, { ...unsigned, shards, by: other }, (digest) =>
      OWNER.sign(digest),
    );
    expect(await refused(withRepair(manifest, forged))).toBe("MANIFEST_INVALID");
    const stolen = signRepair(manifest.id, unsigned, (digest) => OWNER.sign(digest));
    expect(await refused(withRepair(manifest, stolen))).toBe("MANIFEST_INVALID");
  });

  test.each<[string, (record: Repair) => Partial<Repair>]>([
    [
      "other bytes",
      ({ shards }) => ({ shards: changed(shards, { plain_root: `0x${"11".repeat(32)}` }) }),
    ],
    ["another revision", () => ({ revision: 7 })],
    ["a round that no shard has", () => ({ round: 9 })],
    ["a segment that is not there", () => ({ segment: 5 })],
    ["a shard too few to restore", ({ shards }) => ({ shards: shards.slice(0, 2) })],
    [
      "a shard under another id",
      ({ shards }) => ({ shards: changed(shards, { shard_id: `0x${"22".repeat(32)}` }) }),
    ],
  ])("is refused with %s, although its custodian signed it", async (_, change) => {
    const { manifest, record } = await made();
    const { sig: __, ...unsigned } = { ...record, ...change(record) };
    const signed = signRepair(manifest.id, unsigned, (digest) => CUSTODIAN.sign(digest));
    expect(await refused(withRepair(manifest, signed))).toBe("MANIFEST_INVALID");
  });

  test("is taken in by the owner's next revision, for whom the file is shared with too", async () => {
    const { manifest, record, read } = await made();
    const recipient = sharingKeys(new Uint8Array(32).fill(3)).publicKey;
    const unsigned = shareWith(
      withRepair(manifest, record),
      KEY,
      recipient,
      new Uint8Array(32).fill(9),
    );
    const next = decoded(signManifest(unsigned, (digest) => OWNER.sign(digest)));
    expect(next.repairs).toBeUndefined();
    expect(next.segments[0]?.shards).toEqual(record.shards);
    expect((await read(next)).equals(BYTES)).toBe(true);
  });
});

function changed(shards: Repair["shards"], change: Partial<Repair["shards"][number]>) {
  return shards.map((shard, at) => (at === 4 ? { ...shard, ...change } : shard));
}
