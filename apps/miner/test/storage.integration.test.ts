import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SubnetView } from "@neurond/admission";
import { s3Blobs } from "@neurond/blob-store";
import type { Metagraph } from "@neurond/chain";
import { verifySr25519Fast } from "@neurond/crypto";
import { canonicalJson, toBlockNumber, toHex, toNetuid } from "@neurond/primitives";
import { createLogger, Registry } from "@neurond/runtime";
import { mayMount, smallDisk } from "@neurond/testing/disk";
import { S3Server } from "@neurond/testing/s3";
import {
  beaconDigest,
  beaconInputs,
  compareBytes,
  firstLink,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  type Receipt,
  receiptDigest,
  SampleTask,
  samplePositions,
  seedOfAnyTask,
} from "@neurond/workload-storage";
import {
  CHALLENGE_PATH,
  encodeGrantOffer,
  encodeOffer,
  GRANT_PARAMETER,
  newerReceiptPath,
  RECEIPT_PARAMETER,
  shardNameOf,
  shardPath,
  TagStore,
  tagsPath,
} from "@neurond/workload-storage/io";
import {
  BadTagRecord,
  badTagOf,
  type Grant,
  grantDigest,
  minerKey as keyOfMiner,
  periodCommitment,
  periodDigest,
  periodSecret,
  SweepTask,
  tagRoot,
  tagShard,
  verifyBadTag,
  verifySweep,
} from "@neurond/workload-storage/sweep";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "../src/metrics.ts";
import { lookForReveals } from "../src/storage/follow-reveals.ts";
import { RevealBook } from "../src/storage/reveal-book.ts";
import {
  get,
  metagraphOf,
  minerKey,
  NETUID,
  nameOf,
  neuronOf,
  type Offer,
  offer,
  other,
  put,
  send,
  serveMiner,
  signal,
  stranger,
  type TestMiner,
  until,
  validator,
} from "./harness.ts";

const PERIOD = 3;
const BEACON_BLOCK = 7200 * PERIOD + 40;
const MASTER = randomBytes(32);
const secretOf = (period: number) => periodSecret(MASTER, { netuid: NETUID, period });

/** Tags as an honest validator makes them, for two periods. */
function tagsOf({ receipt, bytes }: Offer, change: Partial<Grant> = {}) {
  const periods = [PERIOD, PERIOD + 1];
  const sets = periods.map((period) =>
    tagShard(bytes, receipt, keyOfMiner(secretOf(period), nameOf(minerKey))),
  );
  const { shardId, root, size } = receipt;
  const grant: Grant = {
    ...{ netuid: NETUID, validator: nameOf(validator), miner: nameOf(minerKey) },
    ...{ shardId, root, size },
    firstPeriod: PERIOD,
    tagRoots: sets.map((set) => tagRoot(set)),
    ...change,
  };
  return { grant, body: Buffer.concat(sets) };
}

async function putTags(
  at: TestMiner,
  { grant, body }: ReturnType<typeof tagsOf>,
  { key = validator, signer = validator, path = tagsPath(grant.shardId) } = {},
) {
  const text = encodeGrantOffer({ grant, validatorSignature: signer.sign(grantDigest(grant)) });
  return send(at, { method: "PUT", target: `${path}?${GRANT_PARAMETER}=${text}`, body }, key);
}

/** Parties, inventory and beacon of a slot, over receipts of one validator. */
function slotOver(receipts: readonly Receipt[]) {
  const entries = receipts
    .map(({ shardId, root, size }) => ({ shardId, root, size }))
    .sort((a, b) => compareBytes(a.shardId, b.shardId));
  const tree = new InventoryTree(entries);
  const parties = { netuid: NETUID, validator: nameOf(validator), miner: nameOf(minerKey) };
  const inventory = inventoryOf(parties, 1, tree);
  const beacon = { kind: 0, block: BEACON_BLOCK, blockHash: randomBytes(32) } as const;
  const slot = {
    ...parties,
    run: 1,
    slot: 0,
    inventory: {
      count: tree.count,
      total: tree.total,
      hash: toHex(tree.hash),
      signature: toHex(validator.sign(inventoryDigest(inventory))),
    },
    beacon: {
      kind: 0,
      digest: toHex(beaconDigest(beaconInputs(beacon))),
      block: beacon.block,
      block_hash: toHex(beacon.blockHash),
    },
    prev_link: toHex(firstLink(parties)),
    deadline_ms: 10_000,
  };
  return { slot, tree };
}

async function ask(at: TestMiner, task: SweepTask | SampleTask) {
  const seed = seedOfAnyTask(task) ?? randomBytes(32);
  const body = Buffer.from(canonicalJson({ task, signature: toHex(validator.sign(seed)) }));
  const request = {
    method: "POST",
    target: CHALLENGE_PATH,
    body,
    type: "application/json",
  } as const;
  return { seed, ...(await send(at, request)) };
}

async function sweep(at: TestMiner, receipts: readonly Receipt[]) {
  const { slot, tree } = slotOver(receipts);
  const task = SweepTask.parse({
    ...slot,
    mode: "sweep",
    budget_rows: 0,
    period_blocks: 7200,
    granted: [[0, tree.count]],
    commitment: toHex(periodCommitment({ ...slot, period: PERIOD }, secretOf(PERIOD))),
  });
  const { seed, status, body } = await ask(at, task);
  const answer = body.subarray(64);
  const list = Array.from(tree.entries, (_, index) => index);
  const key = keyOfMiner(secretOf(PERIOD), nameOf(minerKey));
  return {
    status,
    fault: verifySweep({ seed, list, entries: tree.entries, answer }, key),
    conceded: Buffer.from(answer).readUInt32BE(0),
  };
}

const fileOf = (at: TestMiner, { receipt }: Offer) => {
  const name = shardNameOf(receipt.shardId);
  return join(at.directory, "shards", name.slice(0, 2), `${name}.shard`);
};

const lasting = { expiresBlock: 1_000_000 };

describe("tags", () => {
  let at: TestMiner;
  beforeAll(async () => {
    at = await serveMiner();
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("are countersigned once they are kept, and answer sweeps from then on", async () => {
    const stored = [offer(300_000, lasting), offer(12_289, lasting), offer(1, lasting)];
    for (const shard of stored) {
      await put(at, shard);
      const tags = tagsOf(shard);
      const { status, body } = await putTags(at, tags);
      expect(status).toBe(200);
      const { signature } = JSON.parse(Buffer.from(body).toString());
      const digest = grantDigest(tags.grant);
      const bytes = Buffer.from(signature.slice(2), "hex");
      expect(verifySr25519Fast(minerKey.publicKey, digest, bytes)).toBe(true);
      expect((await putTags(at, tags)).status).toBe(200);
    }
    const receipts = stored.map(({ receipt }) => receipt);
    expect(await sweep(at, receipts)).toEqual({ status: 200, fault: null, conceded: 0 });
  });

  it("of another length, spelling, shard, validator or signer are refused and leave nothing", async () => {
    const [shard, foreign] = [offer(50_000, lasting), offer(40_000, lasting, other)];
    await put(at, shard);
    await put(at, foreign, other);
    const files = () => readdir(at.directory, { recursive: true });
    const before = (await files()).length;
    const good = tagsOf(shard);
    const prime = Buffer.from(good.body).fill(0xff, 0, 15);
    prime[15] = 0x7f;
    const roots = [prime.subarray(0, 80), prime.subarray(80)].map((set) => tagRoot(set));
    const codes = [
      await putTags(at, { ...good, body: good.body.subarray(1) }),
      await putTags(at, { ...good, body: Buffer.concat([good.body, good.body]) }),
      await putTags(at, { ...good, body: Buffer.from(good.body).fill(1, 0, 16) }),
      await putTags(at, { grant: { ...good.grant, tagRoots: roots }, body: prime }),
      await putTags(at, tagsOf(shard, { netuid: toNetuid(9) })),
      await putTags(at, tagsOf(shard, { root: randomBytes(32) })),
      await putTags(at, tagsOf(shard, { size: 50_001 })),
      await putTags(at, tagsOf(foreign)),
      await putTags(at, good, { path: tagsPath(foreign.receipt.shardId) }),
      await putTags(at, good, { signer: other }),
    ];
    expect(codes.map(({ status, code }) => [status, code])).toEqual(
      codes.map(() => [400, "GRANT_INVALID"]),
    );
    const never = offer(100, lasting);
    expect(await putTags(at, tagsOf(never))).toMatchObject({ status: 404, code: "SHARD_MISSING" });
    expect(await putTags(at, good, { key: other })).toMatchObject({ code: "CALLER_WRONG" });
    expect((await putTags(at, good, { key: stranger })).status).toBe(403);
    for (const id of ["..%2f..%2fetc%2fpasswd", `${"a".repeat(63)}%2f`, "A".repeat(64)]) {
      const path = `/v1/storage/shards/${id}/tags`;
      expect((await putTags(at, good, { path })).status).toBeGreaterThanOrEqual(400);
    }
    expect((await files()).length).toBe(before);
    // What was countersigned stays: other tags for the same periods are the validator's fault.
    expect((await putTags(at, good)).status).toBe(200);
    const others = tagsOf(shard, {
      tagRoots: [good.grant.tagRoots[1] ?? randomBytes(32), good.grant.tagRoots[0] ?? MASTER],
    });
    const swapped = Buffer.concat([good.body.subarray(80), good.body.subarray(0, 80)]);
    expect(await putTags(at, { grant: others.grant, body: swapped })).toMatchObject({
      code: "GRANT_INVALID",
    });
  });
});

describe("a miner that lost a shard", () => {
  it("concedes it in sweeps, answers samples of others, and says what is lost", async () => {
    await using at = await serveMiner();
    const stored = [offer(900_000, lasting), offer(4_097, lasting)];
    for (const shard of stored) {
      await put(at, shard);
      await putTags(at, tagsOf(shard));
    }
    const [kept, lost] = stored as [Offer, Offer];
    const receipts = [kept.receipt, lost.receipt];
    await rm(fileOf(at, lost));
    expect(await sweep(at, receipts)).toEqual({ status: 200, fault: null, conceded: 1 });
    const { slot, tree } = slotOver(receipts);
    const outcomes = new Map<boolean, number>();
    for (let n = 0; n < 60 && outcomes.size < 2; n += 1) {
      const task = SampleTask.parse({ ...slot, samples: 40, slot: n });
      const { seed, status } = await ask(at, task);
      const positions = samplePositions(seed, tree.total, 40);
      const touched = positions.some((position) => {
        const { index } = tree.locate(position);
        return compareBytes(tree.entries.at(index)?.shardId ?? MASTER, lost.receipt.shardId) === 0;
      });
      outcomes.set(touched, status);
    }
    expect(Object.fromEntries(outcomes)).toEqual({ true: 410, false: 200 });
    // Also when it starts without it, and so has no other list to answer for than that of its receipts.
    await using again = await serveMiner({ store: { directory: at.directory } });
    expect(await sweep(again, receipts)).toEqual({ status: 200, fault: null, conceded: 1 });
    expect(await get(again, lost)).toMatchObject({ status: 410, code: "SHARD_CORRUPT" });
    // Stored anew it is there again, and its tags still serve.
    expect((await put(again, lost)).status).toBe(200);
    expect(await sweep(again, receipts)).toEqual({ status: 200, fault: null, conceded: 0 });
  });

  it("finds rot by itself, all the time", async () => {
    await using at = await serveMiner({ storage: { scrub: { passHours: 0.0001 } } });
    const shard = offer(200_000, lasting);
    await put(at, shard);
    const bytes = await readFile(fileOf(at, shard));
    bytes[99_999] = (bytes[99_999] ?? 0) ^ 1;
    await writeFile(fileOf(at, shard), bytes);
    // A read that fails, as a sweep's does, has it looked at now and not in its turn.
    await rm(fileOf(at, shard));
    await get(at, shard).catch(() => undefined);
    await writeFile(fileOf(at, shard), bytes);
    await until(() => at.shards.lost.size === 1);
    expect([...at.shards.lost]).toEqual([shardNameOf(shard.receipt.shardId)]);
  });
});

describe("deleting, renewing and ending", () => {
  const remove = (at: TestMiner, { receipt }: Offer, key = validator) =>
    send(at, { method: "DELETE", target: shardPath(receipt.shardId) }, key);
  const renew = (at: TestMiner, receipt: Receipt, key = validator) => {
    const text = encodeOffer({ receipt, validatorSignature: key.sign(receiptDigest(receipt)) });
    const target = `${newerReceiptPath(receipt.shardId)}?${RECEIPT_PARAMETER}=${text}`;
    return send(at, { method: "PUT", target }, key);
  };

  it("frees the bytes and tags of what its validator deletes, and of no other's", async () => {
    await using at = await serveMiner();
    const [shard, foreign] = [offer(100_000, lasting), offer(90_000, lasting, other)];
    await put(at, shard);
    await put(at, foreign, other);
    await putTags(at, tagsOf(shard));
    expect(await remove(at, foreign)).toMatchObject({ status: 403, code: "CALLER_WRONG" });
    expect(await remove(at, shard, other)).toMatchObject({ status: 403, code: "CALLER_WRONG" });
    expect((await remove(at, shard, stranger)).status).toBe(403);
    expect(at.shards.usedBytes).toBe(190_000);
    expect((await remove(at, shard)).status).toBe(204);
    expect(at.shards.usedBytes).toBe(90_000);
    expect((await remove(at, shard)).status).toBe(404);
    const left = await readdir(at.directory, { recursive: true });
    const name = shardNameOf(shard.receipt.shardId);
    expect(left.filter((file) => file.includes(name))).toEqual([join("deleted", `${name}.json`)]);
  });

  it("still answers for lists from before a deletion, which hold what was deleted", async () => {
    await using at = await serveMiner();
    const stored = [1, 2, 3, 4].map((n) => offer(n * 10_000, lasting));
    for (const shard of stored) {
      await put(at, shard);
      await putTags(at, tagsOf(shard));
    }
    const receipts = stored.map(({ receipt }) => receipt);
    const [first, , third] = stored as [Offer, Offer, Offer];
    await remove(at, first);
    await remove(at, third);
    expect(await sweep(at, receipts)).toEqual({ status: 200, fault: null, conceded: 2 });
    // Drawn up between the two deletions, and after both.
    expect(await sweep(at, receipts.slice(1))).toMatchObject({ status: 200, conceded: 1 });
    const left = receipts.filter((_, index) => index === 1 || index === 3);
    expect(await sweep(at, left)).toEqual({ status: 200, fault: null, conceded: 0 });
    await using again = await serveMiner({ store: { directory: at.directory } });
    expect(await sweep(again, receipts)).toMatchObject({ status: 200, conceded: 2 });
  });

  it("keeps what was renewed and forgets the rest after the grace, once and for all", async () => {
    await using at = await serveMiner({ storage: { graceBlocks: 50 } });
    const [short, renewed] = [offer(5_000), offer(6_000)];
    await put(at, short);
    await put(at, renewed);
    const longer = { ...renewed.receipt, storedBlock: 60, expiresBlock: 5_000 };
    const { status, body } = await renew(at, longer);
    expect(status).toBe(200);
    const { signature } = JSON.parse(Buffer.from(body).toString());
    const bytes = Buffer.from(signature.slice(2), "hex");
    expect(verifySr25519Fast(minerKey.publicKey, receiptDigest(longer), bytes)).toBe(true);
    expect(await renew(at, renewed.receipt)).toMatchObject({ status: 409, code: "SHARD_STORED" });
    const bigger = { ...longer, size: 6_001 };
    expect(await renew(at, bigger)).toMatchObject({ status: 409, code: "SHARD_STORED" });
    const taken = { ...longer, validator: nameOf(other) };
    expect(await renew(at, taken, other)).toMatchObject({ status: 409, code: "SHARD_FOREIGN" });
    const never = offer(10, lasting).receipt;
    expect(await renew(at, never)).toMatchObject({ status: 404, code: "SHARD_MISSING" });
    await at.chain.head(149);
    expect(at.shards.list()).toHaveLength(2);
    await at.chain.head(150);
    await until(() => at.shards.list().length === 1);
    expect(at.shards.list().map(({ receipt }) => receipt.expiresBlock)).toEqual([5_000]);
    await at.chain.head(150);
    expect(at.shards.byValidator.get(nameOf(validator))).toEqual({ shards: 1, bytes: 6_000 });
    const reopened = await serveMiner({ store: { directory: at.directory } });
    expect(reopened.shards.promised()).toHaveLength(1);
    await reopened[Symbol.asyncDispose]();
  });
});

describe("what is held", () => {
  it("is told to whoever has the miner's own key, and to nobody else", async () => {
    await using at = await serveMiner();
    const [one, two] = [offer(70_000, lasting), offer(30_000, {}, other)];
    await put(at, one);
    await put(at, two, other);
    await putTags(at, tagsOf(one));
    const read = async (target: string) => {
      const { status, body } = await send(at, { method: "GET", target }, minerKey);
      return { status, value: JSON.parse(Buffer.from(body).toString()) };
    };
    const { value: stats } = await read("/v1/storage/stats");
    expect(stats).toMatchObject({
      shards: 2,
      bytes: 100_000,
      lost: 0,
      tags: { grants: 1, bytes: 192 },
    });
    expect(stats.validators).toEqual([
      { hotkey: nameOf(validator), shards: 1, bytes: 70_000, grants: 1 },
      { hotkey: nameOf(other), shards: 1, bytes: 30_000, grants: 0 },
    ]);
    const counts = stats.expiry.map(({ shards }: { shards: number }) => shards);
    expect(counts).toEqual([0, 1, 0, 0, 0, 1]);
    const { value: first } = await read("/v1/storage/inventory?limit=1");
    const { value: rest } = await read(`/v1/storage/inventory?after=${first.next}`);
    expect(
      [...first.shards, ...rest.shards].map(({ size }: { size: number }) => size).sort(),
    ).toEqual([30_000, 70_000]);
    expect(rest.next).toBeNull();
    for (const key of [validator, stranger]) {
      const { status } = await send(at, { method: "GET", target: "/v1/storage/stats" }, key);
      expect(status).toBe(403);
    }
  });
});

describe("a revealed secret", () => {
  it("shows which tags were wrong, in a proof that anybody can check", async () => {
    await using at = await serveMiner({ storage: { reveals: { enabled: false } } });
    const [honest, framed] = [offer(200_000, lasting), offer(300_000, lasting)];
    await put(at, honest);
    await put(at, framed);
    expect((await putTags(at, tagsOf(honest))).status).toBe(200);
    const wrong = tagsOf(framed);
    const body = Buffer.from(wrong.body);
    body[16 * 7] = (body[16 * 7] ?? 0) ^ 1;
    const half = body.length / 2;
    const tagRoots = [tagRoot(body.subarray(0, half)), tagRoot(body.subarray(half))];
    const grant = { ...wrong.grant, tagRoots };
    expect((await putTags(at, { grant, body })).status).toBe(200);

    const period = { netuid: NETUID, validator: nameOf(validator), period: PERIOD, blocks: 7200 };
    const secret = secretOf(PERIOD);
    const signature = validator.sign(periodDigest({ kind: "reveal", period, secret }));
    const document = (record: object) =>
      canonicalJson({ kind: "document", type: "storage-reveal/1", body: record });
    const { slot, tree } = slotOver([honest.receipt, framed.receipt]);
    const task = SweepTask.parse({
      ...slot,
      mode: "sweep",
      budget_rows: 0,
      period_blocks: 7200,
      granted: [[0, tree.count]],
      commitment: toHex(periodCommitment(period, secret)),
    });
    const revealed = { ...period, secret: toHex(secret) };
    const log = [
      canonicalJson({ kind: "document", type: "storage-plan/2", body: {} }),
      document({ ...revealed, signature: toHex(other.sign(secret)) }),
      canonicalJson({
        kind: "observation",
        miner: nameOf(minerKey),
        task,
        evidence: { verdict: 0 },
      }),
      document({ ...revealed, signature: toHex(signature) }),
    ];
    await using validatorLog = await serveLog(log);
    const evidence = await mkdtemp(join(tmpdir(), "evidence-"));
    const registry = new Registry();
    const neurons = [neuronOf(0, nameOf(validator), { axon: validatorLog.axon })];
    const view = new SubnetView<Metagraph>({ staleMs: 60_000, now: () => performance.now() });
    await view.refresh(async () => metagraphOf(neurons));
    const deps = {
      shards: at.shards,
      tags: await TagStore.open(at.directory),
      evidence,
      auditors: [],
      netuid: NETUID,
      miner: nameOf(minerKey),
      view,
      book: new RevealBook(join(evidence, "book.json")),
      allowPrivate: true,
      metrics: createMetrics(registry),
      log: createLogger("miner", "fatal"),
    };
    await lookForReveals(deps, signal);
    const files = (await readdir(evidence)).filter((file) => file.startsWith("bad-tag"));
    expect(files).toHaveLength(1);
    const { kind, v, ...record } = JSON.parse(
      await readFile(join(evidence, files[0] ?? ""), "utf8"),
    );
    expect([kind, v]).toEqual(["bad-tag", 1]);
    const proof = badTagOf(BadTagRecord.parse(record));
    expect(proof.row).toBe(7);
    expect(shardNameOf(proof.grant.grant.shardId)).toBe(shardNameOf(framed.receipt.shardId));
    expect(verifyBadTag(proof, periodCommitment(period, secret), verifySr25519Fast)).toBeNull();
    expect(await registry.getSingleMetricAsString("neuron_bad_tags_total")).toContain(" 1");
    // What was read is not read again, also not after a restart.
    const asked = validatorLog.asked();
    await lookForReveals({ ...deps, book: new RevealBook(join(evidence, "book.json")) }, signal);
    expect(validatorLog.asked()).toBe(asked + 1);
    await rm(evidence, { recursive: true });
  });
});

describe("a miner whose shards lie in a bucket", () => {
  it("gives, proves, loses, finds and frees them as one with a disk does", async () => {
    await using server = await S3Server.start();
    const { endpoint, bucket, region, credentials } = server.options;
    const { accessKeyId, secretAccessKey } = await credentials();
    const blobs = { kind: "s3", endpoint, bucket, region, accessKeyId, secretAccessKey } as const;
    const directory = await mkdtemp(join(tmpdir(), "miner-s3-"));
    const situation = { store: { directory }, storage: { blobs, keepFreeBytes: 0 } };
    await using at = await serveMiner(situation);
    const stored = [offer(3_200_000, lasting), offer(70_000, lasting), offer(1, lasting)];
    for (const shard of stored) {
      expect((await put(at, shard)).status).toBe(200);
      expect((await putTags(at, tagsOf(shard))).status).toBe(200);
      expect(Buffer.compare((await get(at, shard)).body, shard.bytes)).toBe(0);
    }
    const receipts = stored.map(({ receipt }) => receipt);
    expect(await sweep(at, receipts)).toEqual({ status: 200, fault: null, conceded: 0 });
    const { slot } = slotOver(receipts);
    expect((await ask(at, SampleTask.parse({ ...slot, samples: 20 }))).status).toBe(200);
    const outside = s3Blobs(server.options);
    const listed = async () =>
      (await Array.fromAsync(outside.list("miner/"))).map(({ name }) => name);
    expect(await listed()).toHaveLength(3);
    const [large, small] = stored as [Offer, Offer];
    const name = shardNameOf(large.receipt.shardId);
    await outside.remove(`miner/shards/${name.slice(0, 2)}/${name}`);
    expect(await sweep(at, receipts)).toEqual({ status: 200, fault: null, conceded: 1 });
    await until(() => at.shards.lost.size === 1);
    expect((await put(at, large)).status).toBe(200);
    expect(await sweep(at, receipts)).toEqual({ status: 200, fault: null, conceded: 0 });
    const target = shardPath(small.receipt.shardId);
    expect((await send(at, { method: "DELETE", target })).status).toBe(204);
    expect(await listed()).toHaveLength(2);
    await using again = await serveMiner(situation);
    expect(again.shards.list()).toHaveLength(2);
    expect(await sweep(again, receipts)).toMatchObject({ status: 200, conceded: 1 });
    await outside[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
});

describe.skipIf(!mayMount)("on a full disk (skipped where nothing may be mounted)", () => {
  it("refuses shards and tags with 507, and keeps and proves what it has", async () => {
    const directory = join(await mkdtemp(join(tmpdir(), "miner-full-")), "disk");
    using _disk = smallDisk(directory, 4);
    await using at = await serveMiner({ store: { directory }, storage: { directory } });
    const kept = offer(1_000_000, lasting);
    expect((await put(at, kept)).status).toBe(200);
    expect((await putTags(at, tagsOf(kept))).status).toBe(200);
    const late = offer(1_000_000, lasting);
    expect((await put(at, late)).status).toBe(200);
    await writeFile(join(directory, "others"), Buffer.alloc(1_700_000)).catch(() => undefined);
    await writeFile(join(directory, "more"), Buffer.alloc(1_000_000)).catch(() => undefined);
    expect(await put(at, offer(1_000_000, lasting))).toMatchObject({
      status: 507,
      code: "DISK_FULL",
    });
    expect(await putTags(at, tagsOf(late))).toMatchObject({ status: 507, code: "DISK_FULL" });
    expect(await sweep(at, [kept.receipt])).toEqual({ status: 200, fault: null, conceded: 0 });
    // What is deleted makes room again.
    const target = shardPath(late.receipt.shardId);
    expect((await send(at, { method: "DELETE", target })).status).toBe(204);
    expect((await put(at, offer(500_000, lasting))).status).toBe(200);
  });
});

/** A validator's public log, and nothing else. */
async function serveLog(log: readonly string[]) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const url = new URL(request.url ?? "/", "http://validator");
    const from = Number(url.searchParams.get("from"));
    const answer = url.pathname.endsWith("checkpoint")
      ? { size: log.length }
      : { from, entries: log.slice(from, Number(url.searchParams.get("to"))) };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    axon: { ip: "127.0.0.1", port, version: 1, block: toBlockNumber(0), protocol: 4 },
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
