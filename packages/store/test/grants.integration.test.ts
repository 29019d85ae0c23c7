import { toBlockNumber, toHex } from "@neurond/primitives";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aliceHotkey, bobHotkey, miner } from "../../ledger/test/samples.ts";
import { type Database, type GrantRow, Grants, ShardCatalog } from "../src/index.ts";

let database: Database;
let grants: Grants;

beforeAll(async () => {
  database = await testDatabase();
  grants = new Grants(database.kysely);
  const shards = new ShardCatalog(database.kysely);
  for (const [id, expires] of [
    [1, 1_000],
    [2, 1_000],
    [3, 620],
    [4, 550],
  ] as const) {
    await shards.add({
      ...{ shardId: idOf(id), validator: aliceHotkey, miner: bobHotkey, fileId: "file" },
      ...{ root: idOf(9), sizeBytes: 10, receipt: "" },
      storedBlock: toBlockNumber(100),
      expiresBlock: toBlockNumber(expires),
    });
  }
});
afterAll(() => database[Symbol.asyncDispose]());

const idOf = (value: number) => toHex(new Uint8Array(32).fill(value));
const holding = { validator: aliceHotkey, miner: bobHotkey };
const grant = (id: number, firstPeriod: number, periods: number): GrantRow => ({
  shardId: idOf(id),
  periodBlocks: 100,
  firstPeriod,
  periods,
  text: `${id} from ${firstPeriod}`,
});
const covering = async (period: number, loggedBy: number) =>
  [...(await grants.covering(holding, { periodBlocks: 100, period, loggedBy }))].sort();

test("a grant is logged once, by the run that was opened, and counts from that run on", async () => {
  await grants.add(holding, grant(1, 5, 2));
  await grants.add(holding, { ...grant(1, 5, 2), text: "another" });
  expect(await covering(5, 9)).toEqual([]);
  expect(await grants.toLog(holding, { run: 7, logged: 6 })).toEqual(["1 from 5"]);
  // Run 7 was never opened: the next one logs it anew, and again if it is planned a second time.
  expect(await grants.toLog(holding, { run: 8, logged: 6 })).toEqual(["1 from 5"]);
  expect(await grants.toLog(holding, { run: 8, logged: 6 })).toEqual(["1 from 5"]);
  expect(await grants.toLog(holding, { run: 9, logged: 8 })).toEqual([]);
  expect(await covering(5, 7)).toEqual([]);
  expect(await covering(5, 8)).toEqual([idOf(1)]);
  expect(await covering(6, 8)).toEqual([idOf(1)]);
  expect(await covering(7, 8)).toEqual([]);
  expect(await covering(4, 8)).toEqual([]);
  const other = { validator: aliceHotkey, miner: miner(1) };
  const at = { periodBlocks: 100, period: 5, loggedBy: 8 };
  expect(await grants.covering(other, at)).toEqual(new Set());
  expect(await grants.covering(holding, { ...at, periodBlocks: 200 })).toEqual(new Set());
});

test("shards lack tags when those end before they do, the barest first", async () => {
  await grants.add(holding, grant(3, 5, 2));
  const lacking = async (period: number, except: readonly number[] = []) => {
    const at = { periodBlocks: 100, period, block: 560, limit: 10, except: except.map(idOf) };
    const found = await grants.lacking(aliceHotkey, at);
    return found.map(({ shardId, grantedUntil }) => [Number(shardId.slice(0, 4)), grantedUntil]);
  };
  expect(await lacking(6)).toEqual([[2, 0]]);
  // The third ends with its tags, in period 6; the fourth is over.
  expect(await lacking(7)).toEqual([
    [2, 0],
    [1, 7],
  ]);
  expect(await lacking(7, [2])).toEqual([[1, 7]]);
  expect(
    await grants.lacking(bobHotkey, {
      periodBlocks: 100,
      period: 7,
      block: 560,
      limit: 10,
      except: [],
    }),
  ).toEqual([]);
});

test("a grant is forgotten when its periods are over, but not before it was logged", async () => {
  await grants.prune(aliceHotkey, { periodBlocks: 100, period: 6 });
  expect(await covering(6, 8)).toEqual([idOf(1)]);
  await grants.prune(aliceHotkey, { periodBlocks: 100, period: 7 });
  expect(await covering(6, 8)).toEqual([]);
  expect(await grants.toLog(holding, { run: 10, logged: 9 })).toEqual(["3 from 5"]);
});
