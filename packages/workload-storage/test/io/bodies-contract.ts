import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ShardBodies } from "../../io/shard-bodies.ts";
import { shardNameOf } from "../../io/shard-paths.ts";
import { ShardStore } from "../../io/shard-store.ts";
import { findOnDisk } from "../../io/sweep/find-on-disk.ts";
import { scrubShards } from "../../io/sweep/scrub.ts";
import { SweepAnswerer } from "../../io/sweep/sweep-answerer.ts";
import { TagStore } from "../../io/sweep/tag-store.ts";
import { answerToken } from "../../io/token/answer-token.ts";
import { buildAnswer, InventoryTree, samplePositions } from "../../src/index.ts";
import { grantDigest, tagRoot, tagShard, verifySweep } from "../../src/sweep/index.ts";
import { judgeToken } from "../../src/token/index.ts";
import { dataNamed, identNamed, MemoryShards } from "../test-data.ts";
import { TokenWorld } from "../token/token-world.ts";
import {
  arriving,
  collected,
  MINER,
  PARTIES,
  receiptFor,
  rejection,
  temporaryDirectory,
  VALIDATOR,
} from "./files.ts";
import { bytesOfShard, LIFETIME, NAMES, nextOperation, signedShard } from "./store-operations.ts";

const SIZES = [1, 4_096, 65_537, 135_000, 1_000_000];
const signal = AbortSignal.timeout(60_000);

/** Where bytes lie in a test, and how somebody else changes them there. */
export interface Backend {
  /** The bodies to be given to a store of a directory; undefined for those it has by itself. */
  readonly bodiesFor: (directory: string) => Promise<ShardBodies | undefined>;
  readonly overwrite: (directory: string, name: string, bytes: Uint8Array | null) => Promise<void>;
  /** Names of all bodies there are. */
  readonly names: (directory: string) => Promise<readonly string[]>;
}

/** What every place for the bytes of shards must do; a store over it is what is tried. */
export function bodiesContract(label: string, backend: Backend): void {
  const openStore = async (directory: string) => {
    const bodies = await backend.bodiesFor(directory);
    return ShardStore.open({ directory, reserveBytes: 0, ...(bodies && { bodies }) });
  };
  const shards = SIZES.map((size, at) => {
    const sealed = dataNamed(`body/${at}`, size);
    return { sealed, signed: receiptFor(`body/${at}`, sealed) };
  });
  const shardAt = (at: number) => {
    const shard = shards[at];
    if (shard === undefined) throw new Error(`there is no shard ${at}`);
    return { ...shard, name: shardNameOf(shard.signed.receipt.shardId) };
  };
  const entries = shards
    .map(({ signed: { receipt } }) => receipt)
    .sort((a, b) => Buffer.compare(a.shardId, b.shardId));
  const sealedOf = (shardId: Uint8Array) =>
    shards.find(({ signed }) => signed.receipt.shardId === shardId)?.sealed ?? new Uint8Array(0);
  const filled = async (directory: string) => {
    const store = await openStore(directory);
    for (const { sealed, signed } of shards) await store.accept(signed, arriving(sealed, 30_000));
    return store;
  };

  describe(label, () => {
    test("gives back what was stored, whole and in part, also after a restart", async () => {
      await using directory = await temporaryDirectory();
      await filled(directory.path);
      const store = await openStore(directory.path);
      expect(store.recovered).toEqual({ unfinished: 0, orphans: 0, damaged: [] });
      for (const { sealed, signed } of shards) {
        const name = shardNameOf(signed.receipt.shardId);
        expect(Buffer.compare(await collected(store.read(name)), sealed)).toBe(0);
        const part = await collected(store.read(name, 0, Math.min(100, sealed.length)));
        expect(Buffer.compare(part, sealed.subarray(0, 100))).toBe(0);
        expect(await store.isIntact(name)).toBe(true);
      }
    });

    test("keeps nothing of what is not the promised bytes", async () => {
      await using directory = await temporaryDirectory();
      const store = await openStore(directory.path);
      const { sealed, signed } = shardAt(3);
      for (const [bytes, code] of [
        [dataNamed("other", sealed.length), "ROOT_MISMATCH"],
        [sealed.subarray(1), "SIZE_MISMATCH"],
        [Uint8Array.from([...sealed, 1]), "SIZE_MISMATCH"],
        [new Uint8Array(0), "SIZE_MISMATCH"],
      ] as const) {
        expect(await rejection(store.accept(signed, arriving(bytes)))).toBe(code);
        expect(await backend.names(directory.path)).toEqual([]);
        expect(store.promised()).toEqual([]);
      }
      await store.accept(signed, arriving(sealed));
      expect(await backend.names(directory.path)).toEqual([shardNameOf(signed.receipt.shardId)]);
    });

    test("answers samples as from memory", async () => {
      await using directory = await temporaryDirectory();
      const store = await filled(directory.path);
      const tree = new InventoryTree(entries);
      const memory = new MemoryShards(
        entries.map((entry) => ({ entry, sealed: sealedOf(entry.shardId) })),
      );
      for (const count of [1, 7, 60]) {
        const positions = samplePositions(identNamed(`sample/${count}`), tree.total, count);
        const answer = await buildAnswer(tree, positions, store);
        expect(Buffer.compare(answer, await buildAnswer(tree, positions, memory))).toBe(0);
      }
    });

    test("answers sweeps and tokens over all of it", async () => {
      await using directory = await temporaryDirectory();
      const store = await filled(directory.path);
      const tags = await TagStore.open(directory.path);
      const key = identNamed("key of a miner");
      for (const entry of entries) {
        const set = tagShard(sealedOf(entry.shardId), entry, key);
        const grant = { ...PARTIES, ...entry, firstPeriod: 3, tagRoots: [tagRoot(set)] };
        const digest = grantDigest(grant);
        const signatures = {
          validatorSignature: VALIDATOR.sign(digest),
          minerSignature: MINER.sign(digest),
        };
        await tags.store({ grant, ...signatures }, arriving(set, 100));
      }
      await using answerer = new SweepAnswerer({
        concurrency: 2,
        ...(!store.hasFiles && { read: (name: string) => store.read(name as (typeof NAMES)[0]) }),
      });
      const seed = identNamed("seed of a sweep");
      const list = entries.map((_, index) => index);
      const find = findOnDisk({ shards: store, tags, period: 3 });
      const answer = await answerer.answer({ seed, list, entries, find }, signal);
      expect(Buffer.from(answer).readUInt32BE(0)).toBe(0);
      expect(verifySweep({ seed, list, entries, answer }, key)).toBeNull();
      const gone = entries[2]?.shardId ?? identNamed("none");
      await backend.overwrite(directory.path, shardNameOf(gone), null);
      const unreadable: string[] = [];
      const onUnreadable = ({ shardId }: { readonly shardId: Uint8Array }) =>
        unreadable.push(shardNameOf(shardId));
      const less = await answerer.answer({ seed, list, entries, find, onUnreadable }, signal);
      expect(Buffer.from(less).readUInt32BE(0)).toBe(1);
      expect(verifySweep({ seed, list, entries, answer: less }, key)).toBeNull();
      expect(unreadable).toEqual([shardNameOf(gone)]);
      const world = new TokenWorld(1, { size: 300_000 });
      const { receipt } = world.task.receipt;
      const sealed = dataNamed("world/0", receipt.size);
      const own = receiptFor("token", sealed, {
        shardId: Buffer.from(receipt.shard_id.slice(2), "hex"),
      });
      await store.accept(own, arriving(sealed));
      const token = await answerToken(store, world.task, world.tokenSeed, signal);
      expect(judgeToken(world.task, await world.evidence(token))).toEqual({ kind: "passed" });
    });

    test("rot and loss are found by samples and scrubs, and known after a restart", async () => {
      await using directory = await temporaryDirectory();
      const store = await filled(directory.path);
      const [{ name: rotten }, { name: gone }] = [shardAt(3), shardAt(4)];
      const flipped = Uint8Array.from(shardAt(3).sealed);
      flipped[77_777] = (flipped[77_777] ?? 0) ^ 4;
      await backend.overwrite(directory.path, rotten, flipped);
      await backend.overwrite(directory.path, gone, null);
      const sample = { entry: shardAt(4).signed.receipt, leaves: [3], ranges: [] };
      expect(await rejection(store.readSample(sample))).toBe("SHARD_CORRUPT");
      expect(await scrubShards(store, signal)).toEqual({
        intact: 3,
        damaged: expect.arrayContaining([rotten, gone]),
      });
      const again = await openStore(directory.path);
      expect([...again.lost].sort()).toEqual([rotten, gone].sort());
      expect(again.list()).toHaveLength(3);
      expect(again.promised()).toHaveLength(5);
      expect(again.get(rotten)).toBeUndefined();
      // Stored anew, it is there again.
      const { sealed, signed } = shardAt(4);
      await again.accept(signed, arriving(sealed));
      expect(again.get(gone)).toEqual(signed);
      await backend.overwrite(directory.path, rotten, shardAt(3).sealed);
      expect(await scrubShards(again, signal)).toEqual({ intact: 5, damaged: [] });
      expect((await openStore(directory.path)).lost.size).toBe(0);
    });

    test("what is deleted or over is gone, and what is credited is what is there", async () => {
      await using directory = await temporaryDirectory();
      const store = await filled(directory.path);
      const total = SIZES.reduce((sum, size) => sum + size, 0);
      expect(store.byValidator.get(PARTIES.validator)).toEqual({ shards: 5, bytes: total });
      const { name } = shardAt(4);
      await store.delete(name);
      await store.delete(name);
      expect(store.usedBytes).toBe(total - 1_000_000);
      expect(await backend.names(directory.path)).toHaveLength(4);
      expect(await store.collect(1_049, 50)).toEqual([]);
      expect(await store.collect(1_050, 50)).toHaveLength(4);
      expect(await backend.names(directory.path)).toEqual([]);
      expect(store.byValidator.size).toBe(0);
      expect(store.usedBytes).toBe(0);
      expect((await openStore(directory.path)).promised()).toEqual([]);
    });

    test("whatever comes, goes, ends and is opened anew, what is there is what was said", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(),
          fc.array(fc.boolean(), { maxLength: 25 }),
          async (seed, opens) => {
            await using directory = await temporaryDirectory();
            let store = await openStore(directory.path);
            const said = new Map<string, number>();
            const next = nextOperation(seed);
            for (const isOpened of opens) {
              const { kind, at, block } = next();
              const name = NAMES[at] ?? NAMES[0];
              if (kind === "accept") {
                await store.accept(signedShard(at, block), bytesOfShard(at));
                said.set(name, block + LIFETIME);
              } else if (kind === "delete") {
                await store.delete(name);
                said.delete(name);
              } else {
                await store.collect(block, 10);
                for (const [each, end] of said) if (end + 10 <= block) said.delete(each);
              }
              if (isOpened) store = await openStore(directory.path);
              const there = store.list().map(({ receipt }) => {
                return [shardNameOf(receipt.shardId), receipt.expiresBlock] as const;
              });
              expect(new Map(there)).toEqual(said);
              expect([...(await backend.names(directory.path))].sort()).toEqual(
                [...said.keys()].sort(),
              );
            }
            for (const name of said.keys()) {
              expect(await store.isIntact(name as (typeof NAMES)[0])).toBe(true);
            }
          },
        ),
        { numRuns: 8 },
      );
    });
  });
}
