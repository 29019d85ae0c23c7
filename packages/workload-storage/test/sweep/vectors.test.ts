import { fromHex, hotkeyOf, toHex, toNetuid } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import { challengeSeed, MODE, responseHash } from "../../src/index.ts";
import {
  answerSweep,
  bigintRowSum,
  bigintTagger,
  bigintValueSum,
  coefficientKey,
  coefficientsAt,
  grantDigest,
  maskKey,
  masksAt,
  minerKey,
  periodCommitment,
  periodSecret,
  SWEEP_PRIME,
  sweepList,
  sweepParams,
  tagRoot,
  tagShard,
  verifySweep,
  weightsOf,
} from "../../src/sweep/index.ts";
import { dataNamed, flipped, heldShard, identNamed } from "../test-data.ts";
import vectors from "../vectors/sweep.json" with { type: "json" };

const { identity, chain, sweep } = vectors;
const hex = (bytes: Uint8Array) => toHex(bytes).slice(2);
const parties = {
  netuid: toNetuid(identity.netuid),
  validator: hotkeyOf(fromHex(identity.validator)),
  miner: hotkeyOf(fromHex(identity.miner)),
};
const period = { ...parties, period: sweep.period };
const secret = periodSecret(fromHex(sweep.master), period);
const key = minerKey(secret, parties.miner);
const shards = sweep.entries.map(({ id, data, size }) =>
  heldShard(fromHex(id), dataNamed(data, size)),
);
const entries = shards.map(({ entry }) => entry);
const tags = shards.map(({ sealed, entry }) => tagShard(sealed, entry, key));

/** A little-endian number of 16 bytes. */
function element(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

function numberAt(bytes: Uint8Array, at: number): bigint {
  return bytes.slice(at, at + 16).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function replaced(bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(part, at);
  return copy;
}

test("keys, commitment and weights are the published ones", () => {
  expect(hex(fromHex(sweep.master))).toBe(hex(identNamed("sweep master")));
  expect(hex(secret)).toBe(sweep.periodSecret);
  expect(hex(periodCommitment(period, secret))).toBe(sweep.commitment);
  expect(hex(key)).toBe(sweep.minerKey);
  const weights = weightsOf(key).map(element);
  const named = [...weights.slice(0, 3), ...weights.slice(-1)];
  expect(named.map(hex)).toEqual(sweep.weights);
  expect(hex(sha256(Buffer.concat(weights)))).toBe(sweep.weightsSha256);
});

test.each(sweep.entries.map((vector, at) => ({ ...vector, at })))(
  "the shard of $size bytes has its masks, tags and tag root",
  ({ at, mask0, root, tags: published, tagRoot: publishedRoot }) => {
    const [entry, own] = [entries[at], tags[at]];
    if (entry === undefined || own === undefined) throw new Error("no such shard");
    expect(hex(entry.root)).toBe(root);
    expect(hex(masksAt(maskKey(key, entry), { from: 0, rows: 1 }))).toBe(mask0);
    expect(hex(own)).toBe(published);
    expect(hex(tagRoot(own))).toBe(publishedRoot);
    const slow = bigintTagger([weightsOf(key)]);
    expect(hex(tagShard(shards[at]?.sealed ?? own, entry, key, { tagger: slow }))).toBe(published);
  },
);

test("masks of many rows and a tag tree of several pieces are the published ones", () => {
  const { id, root, size, masksSha256, treeOverMasks } = sweep.manyRows;
  const entry = { shardId: fromHex(id), root: fromHex(root), size };
  const masks = masksAt(maskKey(key, entry), { from: 0, rows: 600 });
  for (let at = 15; at < masks.length; at += 16) masks[at] = (masks[at] ?? 0) & 0x7f;
  expect(hex(sha256(masks))).toBe(masksSha256);
  expect(hex(tagRoot(masks))).toBe(treeOverMasks);
});

test("the grant has the published digest", () => {
  const [entry] = entries;
  if (entry === undefined) throw new Error("no shard");
  const { digest, firstPeriod, tagRoots } = vectors.grant;
  const grant = { ...parties, ...entry, firstPeriod, tagRoots: tagRoots.map((r) => fromHex(r)) };
  expect(hex(grantDigest(grant))).toBe(digest);
});

describe.each(sweep.cases)("slot $slot, budget $budgetRows, absent $absent", (vector) => {
  const { slot, budgetRows, absent } = vector;
  const challenge = {
    ...parties,
    run: identity.run,
    slot,
    mode: MODE.sweep,
    params: sweepParams(budgetRows),
    inventoryDigest: fromHex(sweep.inventoryDigest),
    beaconBlock: chain.block,
    beacon: fromHex(chain.beacon),
    prevLink: fromHex(vector.prevLink),
  };
  const seed = challengeSeed(challenge);
  const all = entries.map((_, index) => index);
  const list = sweepList(seed, budgetRows, all, entries);
  type Held = Parameters<typeof answerSweep>[3];
  const held: Held = (index) => {
    const [shard, own] = [shards[index], tags[index]];
    if (shard === undefined || own === undefined || absent.some((gone) => gone === index))
      return null;
    return { sealed: shard.sealed, tags: own };
  };
  const answer = answerSweep(seed, list, entries, held);
  const first = 4 + 4 * absent.length;
  const verdict = (bytes: Uint8Array) => verifySweep({ seed, list, entries, answer: bytes }, key);

  test("seed, list and coefficients are the published ones", () => {
    expect(hex(seed)).toBe(vector.seed);
    expect(list).toEqual(vector.list);
    const coefficients = coefficientsAt(coefficientKey(seed, absent), { from: 0, rows: 4 });
    expect(vector.coefficients).toEqual(
      Array.from({ length: 4 }, (_, at) => hex(coefficients.subarray(9 * at, 9 * at + 9))),
    );
  });

  test("the answer is the published one, with and without the kernel, and verifies", () => {
    expect(answer.length).toBe(vector.response.length);
    expect(hex(answer.subarray(0, first + 64))).toBe(vector.response.head);
    expect(hex(answer.subarray(-16))).toBe(vector.response.T);
    expect(hex(sha256(answer))).toBe(vector.response.sha256);
    expect(hex(responseHash(seed, answer))).toBe(vector.responseHash);
    const slow = { rows: bigintRowSum(), tags: bigintValueSum() };
    expect(hex(answerSweep(seed, list, entries, held, slow))).toBe(hex(answer));
    expect(verdict(answer)).toBeNull();
    const sum = bigintValueSum;
    expect(verifySweep({ seed, list, entries, answer }, key, { sum })).toBeNull();
  });

  const swapped = (own: Uint8Array) =>
    Uint8Array.from([...own.subarray(16, 32), ...own.subarray(0, 16), ...own.subarray(32)]);
  const altered: Record<string, () => Uint8Array> = {
    [`xor 1 at ${first} (W_0)`]: () => flipped(answer, first),
    "xor 1 at last-15 (T, low byte)": () => flipped(answer, -16),
    "W_0 := 2^127-1": () => replaced(answer, first, element(SWEEP_PRIME)),
    "W_0 := W_0 + (2^127-1)": () =>
      replaced(answer, first, element(numberAt(answer, first) + SWEEP_PRIME)),
    "append byte 0": () => Uint8Array.from([...answer, 0]),
    "drop last byte": () => answer.subarray(0, -1),
    "absent list := one more, (first of list) with unchanged sums": () => {
      const more = [list[0] ?? 0, ...absent];
      const words = [more.length, ...more].flatMap((word) => [0, 0, 0, word]);
      return Uint8Array.from([...words, ...answer.subarray(first)]);
    },
    "absent count := 2^31": () => replaced(answer, 0, Uint8Array.of(0x80, 0, 0, 0)),
    "answer of another seed": () => answerSweep(identNamed("other seed"), list, entries, held),
    "computed over data with the top bit of the last byte of entry 4 flipped": () =>
      answerSweep(seed, list, entries, (index) => {
        const shard = held(index);
        return shard && index === 4 ? { ...shard, sealed: flipped(shard.sealed, -1, 0x80) } : shard;
      }),
    "computed with tags of rows 0 and 1 of entry 4 swapped": () =>
      answerSweep(seed, list, entries, (index) => {
        const shard = held(index);
        return shard && index === 4 ? { ...shard, tags: swapped(shard.tags) } : shard;
      }),
  };

  test.each(vector.mutations)("$change is $reject", ({ change, reject }) => {
    const make = altered[change];
    if (make === undefined) throw new Error(`nothing makes the answer "${change}"`);
    expect(verdict(make())).toBe(reject);
  });
});
