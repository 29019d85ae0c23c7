import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifySr25519Fast } from "@neurond/crypto";
import { CodedError, hotkeyOf, toNetuid } from "@neurond/primitives";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  acceptGrant,
  findOnDisk,
  nativeKeystreamAt,
  recheckTags,
  ShardStore,
  SweepAnswerer,
  scrubShards,
  shardNameOf,
  shareOut,
  TagPool,
  TagStore,
} from "../../io/index.ts";
import { receiptDigest } from "../../src/index.ts";
import {
  answerSweep,
  type Grant,
  grantDigest,
  keystreamAt,
  minerKey,
  periodCommitment,
  periodSecret,
  tagRoot,
  tagShard,
  verifyBadTag,
  verifySweep,
} from "../../src/sweep/index.ts";
import { dataNamed, flipped, heldShard, identNamed } from "../test-data.ts";
import { MINER, VALIDATOR } from "../world.ts";

const SIZES = [1, 12_289, 4_000_000, 70_000, 3_145_728];
const PERIODS = [4, 5, 6];
const SEED = identNamed("seed");
const signal = AbortSignal.timeout(60_000);
const parties = {
  netuid: toNetuid(1),
  validator: hotkeyOf(VALIDATOR.publicKey),
  miner: hotkeyOf(MINER.publicKey),
};
const keys = PERIODS.map((period) =>
  minerKey(periodSecret(identNamed("sweep master"), { ...parties, period }), parties.miner),
);
const shards = SIZES.map((size, at) =>
  heldShard(identNamed(`shard/${at}`), dataNamed(`disk/${at}`, size)),
).sort((a, b) => Buffer.compare(a.entry.shardId, b.entry.shardId));
const entries = shards.map(({ entry }) => entry);
const list = entries.map((_, index) => index);

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

let root: string;
let store: ShardStore;
let tags: TagStore;
let pool: TagPool;
let answerer: SweepAnswerer;
const directory = () => join(root, "shards-of-miner");

function offerOf(at: number, sets: readonly Uint8Array[]) {
  const entry = entries[at];
  if (entry === undefined) throw new Error("no such shard");
  const grant: Grant = {
    ...parties,
    ...entry,
    firstPeriod: PERIODS[0] ?? 0,
    tagRoots: sets.map((set) => tagRoot(set)),
  };
  return { grant, validatorSignature: VALIDATOR.sign(grantDigest(grant)), sets };
}

const accepting = () => ({
  shards: store,
  tags,
  miner: parties.miner,
  sign: (digest: Uint8Array) => MINER.sign(digest),
  verify: verifySr25519Fast,
});

/** Hands over tags in pieces of any length. */
const accept = (
  { sets, ...offer }: ReturnType<typeof offerOf>,
  options: Partial<ReturnType<typeof accepting>> = {},
) =>
  acceptGrant(
    { ...offer, body: chunks(Buffer.concat(sets), 1_000) },
    { ...accepting(), ...options },
  );

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "neurond-sweep-"));
  store = await ShardStore.open({ directory: directory() });
  tags = await TagStore.open(join(root, "tags-of-miner"));
  pool = new TagPool({ workers: 2 });
  answerer = new SweepAnswerer({ concurrency: 2 });
  for (const [at, { entry, sealed }] of shards.entries()) {
    const receipt = { ...parties, ...entry, storedBlock: 1, expiresBlock: 100_000 };
    const digest = receiptDigest(receipt);
    const [validatorSignature, minerSignature] = [VALIDATOR.sign(digest), MINER.sign(digest)];
    const signed = { receipt, validatorSignature, minerSignature };
    await store.accept(signed, chunks(sealed, 65_536));
    const sets = await pool.tag({ entry, keys, body: chunks(sealed, 50_001) }, signal);
    await accept(offerOf(at, sets));
  }
});

afterAll(async () => {
  await pool[Symbol.asyncDispose]();
  await answerer[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

function inMemory(gone: readonly number[] = [], period = 0): Uint8Array {
  const key = keys[period];
  return answerSweep(SEED, list, entries, (index) => {
    const shard = shards[index];
    if (shard === undefined || key === undefined || gone.includes(index)) return null;
    return { sealed: shard.sealed, tags: tagShard(shard.sealed, shard.entry, key) };
  });
}

const onDisk = (period: number, damaged: ReadonlySet<ReturnType<typeof shardNameOf>> = new Set()) =>
  findOnDisk({ shards: store, tags, period, damaged });

test("the runtime's keystream is the pure one from any byte on", () => {
  for (const [from, length] of [
    [0, 40],
    [15, 1],
    [16, 33],
    [9 * 12_345, 2_304],
    [2 ** 36 + 7, 20],
  ] as const) {
    expect(nativeKeystreamAt(SEED, from, length)).toEqual(
      Buffer.from(keystreamAt(SEED, from, length)),
    );
  }
});

test("answers from disk are those from memory, in every granted period", async () => {
  for (const [at, period] of PERIODS.entries()) {
    const question = { seed: SEED, list, entries, find: onDisk(period) };
    const answer = await answerer.answer(question, signal);
    expect(Buffer.compare(answer, inMemory([], at))).toBe(0);
    expect(verifySweep({ seed: SEED, list, entries, answer }, keys[at] ?? SEED)).toBeNull();
  }
});

test("the answer does not depend on how shards are shared out", async () => {
  await using many = new SweepAnswerer({ concurrency: 3 });
  const question = { seed: SEED, list, entries, find: onDisk(4) };
  expect(Buffer.compare(await many.answer(question, signal), inMemory())).toBe(0);
  const files = entries.map(({ size }, index) => ({
    ...{ index, size, firstRow: 0, shardPath: "", tagsPath: "", tagsFrom: 0 },
  }));
  for (const parts of [1, 2, 3, 9]) {
    const shared = shareOut(files, parts);
    expect(shared.length).toBe(parts);
    expect(shared.flat()).toEqual(files);
  }
});

test("what cannot be read is conceded, and the rest still holds", async () => {
  const [missing = 0, short = 0, rotten = 0] = [0, 2, 4];
  const find = onDisk(4, new Set([shardNameOf(entries[rotten]?.shardId ?? SEED)]));
  const cut = join(root, "cut");
  await writeFile(cut, shards[short]?.sealed ?? SEED);
  await truncate(cut, (entries[short]?.size ?? 1) - 1);
  const question = {
    ...{ seed: SEED, list, entries },
    find: (swept: Parameters<typeof find>[0]) => {
      const found = find(swept);
      if (found === null) return null;
      if (swept.index === missing) return { ...found, shardPath: join(root, "nowhere") };
      return swept.index === short ? { ...found, shardPath: cut } : found;
    },
  };
  const answer = await answerer.answer(question, signal);
  expect(Buffer.compare(answer, inMemory([missing, short, rotten]))).toBe(0);
  expect(verifySweep({ seed: SEED, list, entries, answer }, keys[0] ?? SEED)).toBeNull();
});

test("a period without tags concedes everything, which is an answer still", async () => {
  const answer = await answerer.answer({ seed: SEED, list, entries, find: onDisk(9) }, signal);
  expect(Buffer.compare(answer, inMemory(list))).toBe(0);
});

test("altered bytes are refused before any tag is made of them", async () => {
  const { entry, sealed } = shards[1] ?? shards[0] ?? heldShard(SEED, SEED);
  const tagging = (body: Uint8Array) =>
    pool.tag({ entry, keys, body: chunks(body, 4_096) }, signal).then(
      () => "tagged",
      (error) => (error instanceof CodedError ? error.code : error),
    );
  expect(await tagging(flipped(sealed, 17))).toBe("ROOT_MISMATCH");
  expect(await tagging(sealed.subarray(1))).toBe("SIZE_MISMATCH");
  expect(await tagging(Uint8Array.from([...sealed, 0]))).toBe("SIZE_MISMATCH");
  expect(await tagging(sealed)).toBe("tagged");
});

test("a miner countersigns only tags that are the grant's, for what it holds", async () => {
  const sets = keys.map((key) => tagShard(shards[1]?.sealed ?? SEED, entries[1] ?? noEntry(), key));
  const good = offerOf(1, sets);
  const refused = (offer: typeof good) =>
    accept(offer).then(
      () => "accepted",
      (error) => (error instanceof CodedError ? error.code : error),
    );
  const resigned = (grant: Grant) => ({
    ...good,
    grant,
    validatorSignature: VALIDATOR.sign(grantDigest(grant)),
  });
  expect(await refused(good)).toBe("accepted");
  expect(await refused({ ...good, sets: sets.slice(1) })).toBe("GRANT_INVALID");
  expect(await refused({ ...good, sets: sets.map((set) => set.subarray(16)) })).toBe(
    "GRANT_INVALID",
  );
  expect(await refused({ ...good, sets: sets.map((set) => flipped(set, 0)) })).toBe(
    "GRANT_INVALID",
  );
  const prime = sets.map((set) => {
    const copy = Uint8Array.from(set).fill(0xff, 0, 15);
    copy[15] = 0x7f;
    return copy;
  });
  expect(await refused(offerOf(1, prime))).toBe("GRANT_INVALID");
  expect(await refused({ ...good, validatorSignature: MINER.sign(SEED) })).toBe("GRANT_INVALID");
  expect(await refused(resigned({ ...good.grant, miner: parties.validator }))).toBe(
    "GRANT_INVALID",
  );
  expect(await refused(resigned({ ...good.grant, root: SEED }))).toBe("GRANT_INVALID");
  expect(await refused(resigned({ ...good.grant, shardId: SEED }))).toBe("SHARD_MISSING");
});

test("tags are there after a restart, and gone when their periods are over", async () => {
  const place = join(root, "restarted");
  const first = await TagStore.open(place);
  const sets = keys.map((key) => tagShard(shards[1]?.sealed ?? SEED, entries[1] ?? noEntry(), key));
  await accept(offerOf(1, sets), { tags: first });
  await writeFile(join(place, "incoming", "half"), "half");
  const second = await TagStore.open(place);
  expect(second.list()).toEqual(first.list());
  expect(second.find(entries[1] ?? noEntry(), 5)).toEqual(first.find(entries[1] ?? noEntry(), 5));
  expect(second.find(entries[1] ?? noEntry(), 7)).toBeNull();
  expect(second.find(entries[0] ?? noEntry(), 5)).toBeNull();
  expect(await second.collect(6)).toBe(0);
  expect(await second.collect(7)).toBe(1);
  expect((await TagStore.open(place)).list()).toEqual([]);
});

test("a miner finds after the reveal what it was handed wrong, and nothing else", async () => {
  const period = PERIODS[1] ?? 0;
  const secret = periodSecret(identNamed("sweep master"), { ...parties, period });
  const commitment = periodCommitment({ ...parties, period }, secret);
  const at = entries.findIndex(({ size }) => size === 70_000);
  const { sealed, entry } = shards[at] ?? noEntry();
  const wrong = keys.map((key, set) => {
    const right = tagShard(sealed, entry, key);
    return set === 1 ? flipped(right, 16 * 3) : right;
  });
  const framed = await TagStore.open(join(root, "framed"));
  await accept(offerOf(at, wrong), { tags: framed });
  const recheck = (own: TagStore, revealed: Parameters<typeof recheckTags>[0]) =>
    recheckTags(
      revealed,
      {
        shards: store,
        tags: own,
        verify: verifySr25519Fast,
        rowsToCheck: (_, rows) => Array.from({ length: Math.min(rows, 6) }, (__, row) => row),
      },
      signal,
    );
  const revealed = { period, commitment, secret };
  const [proof, ...others] = await recheck(framed, revealed);
  expect(others).toEqual([]);
  expect(proof?.row).toBe(3);
  expect(proof && verifyBadTag(proof, commitment, verifySr25519Fast)).toBeNull();
  expect(await recheck(tags, revealed)).toEqual([]);
  expect(await recheck(framed, { ...revealed, period: 99 })).toEqual([]);
});

test("a scrub finds rot without any secret", async () => {
  expect(await scrubShards(store, signal)).toEqual({ intact: SIZES.length, damaged: [] });
  const name = shardNameOf(entries[3]?.shardId ?? SEED);
  const path = join(directory(), "shards", name.slice(0, 2), `${name}.shard`);
  const sealed = shards[3]?.sealed ?? SEED;
  const ask = async () => {
    const answer = await answerer.answer({ seed: SEED, list, entries, find: onDisk(4) }, signal);
    const fault = verifySweep({ seed: SEED, list, entries, answer }, keys[0] ?? SEED);
    return [Buffer.from(answer).readUInt32BE(0), fault];
  };
  await writeFile(path, flipped(sealed, 5));
  expect(await ask()).toEqual([0, "MAC_MISMATCH"]);
  expect(await scrubShards(store, signal)).toEqual({ intact: SIZES.length - 1, damaged: [name] });
  expect(await ask()).toEqual([1, null]);
  await writeFile(path, sealed);
  expect(await scrubShards(store, signal)).toEqual({ intact: SIZES.length, damaged: [] });
  expect(await ask()).toEqual([0, null]);
});

function noEntry(): never {
  throw new Error("no such shard");
}
