import { readdir, readFile, truncate } from "node:fs/promises";
import { verifySr25519Fast } from "@neurond/crypto";
import { decodeManifest, encodeManifest, type RsPlan } from "@neurond/workload-storage/file";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getFile, type PutOptions, putFile, StoredFileReader } from "../src/index.ts";
import { bytesOf, codeOf, collected, fileOf, KEY, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

/** Threads take a while to start where every core is busy. */
const SLOW = { timeout: 60_000 };

/** Puts bytes with ten miners and the plan [3, 6], a segment being 100 kB, unless told otherwise. */
async function stored(bytes: Uint8Array, options: Partial<PutOptions> = {}, miners = 10) {
  const network = new MemoryNetwork(miners);
  const source = (async function* () {
    for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
  })();
  const put = {
    ...owned,
    source,
    network,
    rs: [3, 6] as RsPlan,
    segmentBytes: 100_000,
    threads: 0,
    ...options,
  };
  const { manifest, missing } = await putFile(put);
  expect(decodeManifest(encodeManifest(manifest), verifySr25519Fast)).toEqual(manifest);
  return { network, manifest, missing, get: { manifest, ownerKey: KEY, network } };
}

const read = async (
  options: ConstructorParameters<typeof StoredFileReader>[0],
  ...range: number[]
) => {
  await using file = new StoredFileReader(options);
  return await collected(file.read(...range));
};

describe("a file", () => {
  // Encrypted, 199,921 bytes are two segments to the byte.
  test.each([0, 1, 200, 223, 224, 65_535, 65_536, 99_969, 199_920, 199_921, 199_922, 2 ** 20])(
    "of %i bytes comes back bit for bit",
    async (size) => {
      const bytes = bytesOf(size);
      await using file = await fileOf(bytes);
      const { get } = await stored(bytes, { source: file.path });
      expect(await getFile({ ...get, path: file.at("back") })).toEqual({
        name: "report.pdf",
        resumedBytes: 0,
      });
      expect((await readFile(file.at("back"))).equals(bytes)).toBe(true);
      expect((await readdir(file.directory)).sort()).toEqual(["back", "file"]);
    },
  );

  test("comes back with threads at work, in segments of more than one batch", SLOW, async () => {
    const bytes = bytesOf(7_000_000);
    const { get } = await stored(bytes, { segmentBytes: 4_300_000, rs: [4, 7], threads: 2 });
    expect((await read({ ...get, threads: 2 })).equals(bytes)).toBe(true);
  });

  test(
    "is stored where few shards make up a segment, each too large for three at once",
    SLOW,
    async () => {
      const bytes = bytesOf(28_200_000);
      const { manifest } = await stored(bytes, { segmentBytes: 2 ** 26, rs: [2, 5] });
      const shards = manifest.segments[0]?.shards ?? [];
      expect(shards.map(({ i }) => i)).toEqual([0, 1, 2, 3, 4]);
    },
  );

  test.each<[RsPlan]>([[[1, 1]], [[1, 4]], [[2, 3]], [[5, 5]], [[10, 24]]])(
    "comes back from a plan of %j",
    async (rs) => {
      const bytes = bytesOf(150_000);
      const { get } = await stored(bytes, { rs }, 24);
      expect((await read(get)).equals(bytes)).toBe(true);
    },
  );

  test("small is copied four times, larger is coded, as far as there are miners", async () => {
    const plan = async (size: number, miners: number) => {
      const source = (async function* () {
        yield bytesOf(size);
      })();
      const network = new MemoryNetwork(miners);
      const put = { ...owned, source, network, segmentBytes: 100_000, threads: 0 };
      return (await putFile(put)).manifest.rs;
    };
    expect(await plan(1_000, 30)).toEqual([1, 4]);
    expect(await plan(70_000, 30)).toEqual([10, 24]);
    expect(await plan(200_000, 5)).toEqual([2, 5]);
    expect(await plan(200_000, 1)).toEqual([1, 1]);
    expect(await codeOf(plan(5, 0))).toBe("PLAN_INVALID");
  });

  test("too long for a manifest is refused before a byte of it is sent", async () => {
    await using file = await fileOf(Buffer.alloc(0));
    await truncate(file.path, 100_000 * 3_000);
    const network = new MemoryNetwork(6);
    const refused = stored(Buffer.alloc(0), { source: file.path, network });
    await expect(refused).rejects.toThrow("store it in parts, or in longer segments");
    expect(network.miners.map(({ shards }) => shards.size)).toEqual(Array(6).fill(0));
  });

  test("is sealed otherwise for each miner, and none sees it", async () => {
    const { network } = await stored(Buffer.alloc(90_000), { rs: [1, 4] });
    const shards = network.miners.flatMap(({ shards: held }) => [...held.values()]);
    const texts = shards.map((shard) => Buffer.from(shard).toString("latin1"));
    expect(new Set(texts).size).toBe(4);
    expect(texts.some((text) => text.includes("\0".repeat(16)))).toBe(false);
  });

  test("any range of it equals the slice", async () => {
    const bytes = bytesOf(400_000);
    const { get } = await stored(bytes);
    const edge = fc.oneof(
      fc.integer({ min: 0, max: bytes.length }),
      fc.constantFrom(0, 65_535, 65_536, 65_537, 131_072, bytes.length - 1, bytes.length),
    );
    await fc.assert(
      fc.asyncProperty(edge, edge, async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect((await read(get, from, to)).equals(bytes.subarray(from, to))).toBe(true);
      }),
      { numRuns: 60 },
    );
    await expect(read(get, 5, 4)).rejects.toThrow("no bytes");
    await expect(read(get, 0, bytes.length + 1)).rejects.toThrow("no bytes");
  });

  test("needs only the shards of a range while all is well", async () => {
    const { get, network, manifest } = await stored(bytesOf(400_000), { rs: [10, 12] }, 12);
    await read(get, 150_000, 150_001);
    expect(network.fetched.length).toBeLessThanOrEqual(8); // one record of 65,552 bytes in shards of 10,000
    const [, second] = manifest.segments;
    const parity = second?.shards.filter(({ i }) => i >= 10).map(({ shard_id }) => shard_id) ?? [];
    expect(network.fetched.some((id) => parity.includes(id))).toBe(false);
  });
});

describe("with miners that fail", () => {
  test("any k of n bring a file back, and with one less nothing appears", async () => {
    const bytes = bytesOf(250_000);
    await using file = await fileOf(bytes);
    const { get, network, manifest } = await stored(bytes);
    const [segment] = manifest.segments;
    const holders = segment?.shards.map(({ miner }) => miner) ?? [];
    for (const gone of [
      [0, 1, 2],
      [0, 4, 5],
      [3, 4, 5],
      [0, 2, 4],
    ]) {
      for (const miner of network.miners) {
        const isGone = gone.some((at) => holders[at] === miner.hotkey);
        miner.behave = async () => {
          if (isGone) throw new Error("connection refused");
        };
      }
      const bad: unknown[] = [];
      const onBadShard = () => bad.push(1);
      expect((await read({ ...get, onBadShard })).equals(bytes)).toBe(true);
    }
    for (const miner of network.miners) {
      const at = holders.indexOf(miner.hotkey);
      if (at >= 0 && at < 4) miner.shards.clear();
    }
    const path = file.at("back");
    expect(await codeOf(getFile({ ...get, path }))).toBe("SHARD_MISSING");
    expect(await readdir(file.directory)).toEqual(["file"]);
  });

  test("a wrong shard from any holder is told of and fetched elsewhere", async () => {
    const bytes = bytesOf(90_000);
    const { get, network, manifest } = await stored(bytes);
    for (const { shard_id, miner } of manifest.segments[0]?.shards ?? []) {
      const holder = network.miners.find(({ hotkey }) => hotkey === miner);
      const right = holder?.shards.get(shard_id) ?? new Uint8Array();
      for (const wrong of [
        right.with(7, (right[7] ?? 0) ^ 1),
        right.subarray(1),
        new Uint8Array([...right, 0]),
      ]) {
        holder?.shards.set(shard_id, wrong);
        const bad: string[] = [];
        const onBadShard = (shard: { readonly miner: string }) => bad.push(shard.miner);
        expect((await read({ ...get, onBadShard })).equals(bytes)).toBe(true);
        expect(bad.every((one) => one === miner)).toBe(true);
      }
      holder?.shards.set(shard_id, right);
    }
  });

  test("a silent miner is not waited for, and is told when others came first", async () => {
    const bytes = bytesOf(90_000);
    const { get, network, manifest } = await stored(bytes);
    const silent = network.miners.find(
      ({ hotkey }) => hotkey === manifest.segments[0]?.shards[1]?.miner,
    );
    let cancelled = 0;
    if (silent) silent.behave = (_, signal) => never(signal, () => (cancelled += 1));
    expect((await read({ ...get, hedgeMs: 40 })).equals(bytes)).toBe(true);
    expect(cancelled).toBe(1);
  });

  test("a delivery that fails goes to another miner", async () => {
    const network = new MemoryNetwork(8);
    for (const miner of network.miners.slice(0, 2)) {
      miner.behave = () => Promise.reject(new Error("disk full"));
    }
    const bytes = bytesOf(90_000);
    const { manifest, get } = await stored(bytes, { network });
    expect(manifest.segments[0]?.shards).toHaveLength(6);
    expect((await read({ ...get, network })).equals(bytes)).toBe(true);
  });

  test("a miner that failed once is asked again when there is no other", async () => {
    const network = new MemoryNetwork(6);
    const [first] = network.miners;
    let failures = 0;
    if (first) {
      first.behave = async () => {
        failures += 1;
        if (failures === 1) throw new Error("busy");
      };
    }
    const { missing } = await stored(bytesOf(90_000), { network });
    expect([missing, failures]).toEqual([[], 2]);
  });

  test("a segment that nobody takes whole fails, unless fewer shards are enough", async () => {
    const lame = () => {
      const network = new MemoryNetwork(6);
      for (const miner of network.miners.slice(0, 2)) {
        miner.behave = () => Promise.reject(new Error("disk full"));
      }
      return network;
    };
    const bytes = bytesOf(90_000);
    expect(await codeOf(stored(bytes, { network: lame() }))).toBe("SHARDS_UNPLACED");
    const network = lame();
    const { missing, get } = await stored(bytes, { network, minShards: 4 });
    expect(missing).toHaveLength(2);
    expect((await read({ ...get, network })).equals(bytes)).toBe(true);
  });

  test("whoever gives up gets nothing, and nothing is left waiting", async () => {
    const giveUp = new AbortController();
    const network = new MemoryNetwork(6);
    for (const miner of network.miners) {
      miner.behave = (_, signal) => {
        giveUp.abort();
        return never(signal, () => undefined);
      };
    }
    const putting = stored(bytesOf(900_000), { network, signal: giveUp.signal });
    await expect(putting).rejects.toThrow("aborted");
    const { get } = await stored(bytesOf(90_000));
    await expect(read({ ...get, signal: giveUp.signal })).rejects.toThrow("aborted");
  });

  test("places that are not one miner for each shard are refused before anything is sent", async () => {
    const network = new MemoryNetwork(6);
    const [miner] = network.miners;
    network.place = async ({ shards }) => ({
      miners: Array.from({ length: shards }, () => miner?.hotkey ?? owned.owner),
      created: 1,
      expires: 2,
    });
    expect(await codeOf(stored(bytesOf(10), { network }))).toBe("PLAN_INVALID");
    expect(network.delivered).toEqual([]);
  });
});

function never(signal: AbortSignal, ended: () => void): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      ended();
      reject(signal.reason);
    });
  });
}
