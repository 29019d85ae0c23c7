import { createHash, randomBytes } from "node:crypto";
import { type Hotkey, isCoded } from "@neurond/primitives";
import { shardRoot } from "@neurond/workload-storage";
import { type Manifest, shardIdOf } from "@neurond/workload-storage/file";
import { expect, test } from "vitest";
import { putFile, type SealedShard, type StorageNetwork } from "../../src/index.ts";
import { codeOf, collected, owned, signedAnew } from "./files.ts";

/** A network with at least two miners, whose client is the owner of `owned`. */
export interface NetworkUnderTest {
  readonly network: StorageNetwork;
}

const signal = AbortSignal.timeout(120_000);

function shardFor(miner: Hotkey, bytes: Uint8Array): SealedShard {
  const place = { fileId: randomBytes(32), segment: 0, index: 0, generation: 0, miner };
  return {
    ...place,
    shardId: shardIdOf(place),
    root: shardRoot(bytes),
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest(),
    body: () => [bytes],
  };
}

/** What every network owes its clients; the one for tests and the one behind a validator alike. */
export function networkContract(begin: () => Promise<NetworkUnderTest>): void {
  const place = async (network: StorageNetwork, shards: number, avoid: readonly Hotkey[] = []) =>
    (await network.place({ fileId: randomBytes(32), segment: 0, shards, avoid }, signal)).miners;

  test("places shards with different miners, never with those to be avoided", async () => {
    const { network } = await begin();
    const serving = await network.serving(signal);
    expect(serving).toBeGreaterThanOrEqual(2);
    const all = await place(network, serving);
    expect(new Set(all).size).toBe(serving);
    const [first] = all;
    const others = await place(network, serving - 1, first ? [first] : []);
    expect(others).toHaveLength(serving - 1);
    expect(others).not.toContain(first);
    const tooMany = network.place(
      { fileId: randomBytes(32), segment: 0, shards: serving + 1, avoid: [] },
      signal,
    );
    await expect(tooMany).rejects.toSatisfy((error) => isCoded(error));
  });

  test("takes the same shard twice without a word", async () => {
    const { network } = await begin();
    const [miner] = await place(network, 1);
    if (miner === undefined) throw new Error("a miner was placed");
    const shard = shardFor(miner, randomBytes(100_000));
    await network.deliver(shard, signal);
    await network.deliver(shard, signal);
  });

  test("keeps a file's manifest and gives its shards back as they were", async () => {
    const { network } = await begin();
    const sent = new Map<string, Uint8Array>();
    const watched: StorageNetwork = {
      serving: (given) => network.serving(given),
      place: (wanted, given) => network.place(wanted, given),
      async deliver(shard, given) {
        const pieces: Uint8Array[] = [];
        for await (const piece of shard.body()) pieces.push(Uint8Array.from(piece));
        sent.set(Buffer.from(shard.shardId).toString("hex"), Buffer.concat(pieces));
        await network.deliver(shard, given);
      },
      fetch: (shard, given) => network.fetch(shard, given),
      keep: (manifest, given) => network.keep(manifest, given),
      manifest: (id, given) => network.manifest(id, given),
    };
    const { manifest } = await putFile({
      ...owned,
      source: (async function* () {
        yield randomBytes(150_000);
      })(),
      ...{ network: watched, rs: [1, 2], segmentBytes: 100_000, threads: 0 },
    });
    await network.keep(manifest, signal);
    await network.keep(manifest, signal);
    expect(await network.manifest(manifest.id, signal)).toEqual(manifest);
    for (const shard of manifest.segments.flatMap(({ shards }) => shards)) {
      const id = Buffer.from(shard.shard_id.slice(2), "hex");
      const root = Buffer.from(shard.root.slice(2), "hex");
      const stored = { shardId: id, root, size: shard.size, miner: shard.miner };
      const bytes = await collected(network.fetch(stored, signal));
      expect(bytes.equals(sent.get(id.toString("hex")) ?? Buffer.alloc(0))).toBe(true);
    }
    await replaces(network, manifest);
  });

  test("knows no file that nobody stored", async () => {
    const { network } = await begin();
    const unknown = network.manifest(`0x${randomBytes(32).toString("hex")}`, signal);
    expect(await codeOf(unknown)).toMatch(/FILE_UNKNOWN|VALIDATOR_REFUSED/);
  });
}

/** A higher revision replaces, a lower one does not. */
async function replaces(network: StorageNetwork, manifest: Manifest): Promise<void> {
  const next = signedAnew({ ...manifest, revision: manifest.revision + 1 });
  await network.keep(next, signal);
  expect(await network.manifest(manifest.id, signal)).toEqual(next);
  expect(await codeOf(network.keep(manifest, signal))).toMatch(/FILE_EXISTS|VALIDATOR_REFUSED/);
  expect(await network.manifest(manifest.id, signal)).toEqual(next);
}
