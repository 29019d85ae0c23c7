import { toBlockNumber, toHex } from "@neurond/primitives";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aliceHotkey, bobHotkey, miner } from "../../ledger/test/samples.ts";
import { type Database, ShardCatalog, type ShardProof, ShardProofs } from "../src/index.ts";

let database: Database;
let proofs: ShardProofs;

beforeAll(async () => {
  database = await testDatabase();
  proofs = new ShardProofs(database.kysely);
});
afterAll(() => database[Symbol.asyncDispose]());

const idOf = (value: number) => toHex(new Uint8Array(32).fill(value));
const holding = { validator: aliceHotkey, miner: bobHotkey };
const leafOf = (number: number) => new Uint8Array(70).fill(number);

function proofOf(id: number, part: Partial<ShardProof> = {}): ShardProof {
  return { shardId: idOf(id), receipt: `receipt ${id}`, commitments: null, tokens: null, ...part };
}

const TOKENS = {
  alg: 1,
  count: 3,
  leaves: Buffer.concat([leafOf(1), leafOf(2), leafOf(3)]),
  answers: new Uint8Array(96).fill(7),
} as const;

test("what was made of a shard reads back, and is made once", async () => {
  const commitments = new Uint8Array(64).fill(5);
  await proofs.add(holding, proofOf(1, { commitments, tokens: TOKENS }));
  await proofs.add(holding, proofOf(1, { receipt: "another", tokens: { ...TOKENS, count: 1 } }));
  const found = await proofs.find(idOf(1), aliceHotkey);
  expect(found?.receipt).toBe("receipt 1");
  expect(found?.tokens?.count).toBe(3);
  expect(Buffer.from(found?.commitments ?? []).equals(Buffer.from(commitments))).toBe(true);
  await proofs.add(holding, proofOf(2));
  expect(await proofs.committed(holding)).toEqual(new Map([[idOf(1), "receipt 1"]]));
  expect(await proofs.committed({ ...holding, miner: miner(1) })).toEqual(new Map());
  expect((await proofs.find(idOf(2), aliceHotkey))?.tokens).toBeNull();
  expect(await proofs.find(idOf(1), bobHotkey)).toBeNull();
});

test("tokens are drawn in their order until none is left, and each seed leaves once", async () => {
  await proofs.add(holding, proofOf(3, { tokens: TOKENS }));
  const next = async () => {
    const found = await proofs.unused(holding, 1);
    const one = found.find(({ shardId }) => shardId === idOf(3));
    return one && [one.number, one.leaf[0], one.leaf.length];
  };
  expect(await next()).toEqual([1, 1, 70]);
  expect(await proofs.unused(holding, 2)).toEqual([]);
  await proofs.drawn(idOf(3), aliceHotkey, 1);
  await proofs.drawn(idOf(3), aliceHotkey, 1);
  expect(await next()).toEqual([2, 2, 70]);
  expect(await proofs.send(idOf(3), aliceHotkey, 1)).toBe(true);
  expect(await proofs.send(idOf(3), aliceHotkey, 1)).toBe(false);
  // Sent without having been drawn here: a plan must not name it again either.
  expect(await proofs.send(idOf(3), aliceHotkey, 2)).toBe(true);
  expect(await next()).toEqual([3, 3, 70]);
  const twice = await Promise.all([3, 3].map((n) => proofs.send(idOf(3), aliceHotkey, n)));
  expect(twice.sort()).toEqual([false, true]);
  expect(await next()).toBeUndefined();
});

test("what is missing is found, and what belongs to no shard any more is forgotten", async () => {
  const shards = new ShardCatalog(database.kysely);
  await shards.add({
    ...{ shardId: idOf(4), validator: aliceHotkey, miner: bobHotkey, fileId: "file" },
    ...{ root: idOf(9), sizeBytes: 10, receipt: "" },
    storedBlock: toBlockNumber(1),
    expiresBlock: toBlockNumber(9),
  });
  const lacking = async (part: object) => {
    const at = { block: toBlockNumber(8), limit: 9, maxBytes: null, except: [], ...part };
    return (await proofs.lacking(aliceHotkey, at)).map(({ shardId }) => shardId);
  };
  expect(await lacking({})).toEqual([idOf(4)]);
  expect(await lacking({ maxBytes: 10 })).toEqual([idOf(4)]);
  expect(await lacking({ maxBytes: 9 })).toEqual([]);
  expect(await lacking({ except: [idOf(4)] })).toEqual([]);
  expect(await lacking({ block: toBlockNumber(9) })).toEqual([]);
  await proofs.add(holding, proofOf(4));
  expect(await lacking({})).toEqual([]);
  await proofs.add(holding, proofOf(5));
  await proofs.prune(aliceHotkey);
  expect(await proofs.find(idOf(4), aliceHotkey)).not.toBeNull();
  expect(await proofs.find(idOf(5), aliceHotkey)).toBeNull();
});
