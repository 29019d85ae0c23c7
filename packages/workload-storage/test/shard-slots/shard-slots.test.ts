import { toHex } from "@neurond/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  modeOf,
  receiptOf,
  recordSignedReceipt,
  type StorageTask,
  storageWorkload,
} from "../../src/index.ts";
import { encodeAskables } from "../../src/shard-slots/askable.ts";
import {
  askableBody,
  askableHeadOf,
  askablePath,
  askableRoot,
  type DrawnShard,
  decodeAskables,
  drawShards,
  encodeAskable,
  isTaskOf,
} from "../../src/shard-slots/index.ts";
import { isAt } from "../../src/shard-slots/place.ts";
import { identNamed } from "../test-data.ts";
import { askWorld, PLAN } from "./ask-world.ts";

const asked = askWorld();

async function whole() {
  const [opening, token] = asked.drawn;
  if (opening === undefined || token === undefined) throw new Error("two slots are drawn");
  const [opened, tokened] = [await asked.taskOf(opening), await asked.taskOf(token)];
  if (opened === null || tokened === null) throw new Error("both can be asked");
  return { ...asked, opening, token, opened, tokened };
}

test("a run's record gives one shard for each slot that asks about one, and its task", async () => {
  const { drawn, opening, token, opened, tokened, world, catalog } = await whole();
  expect(drawn.map(({ common }) => common.slot)).toEqual([1, 2]);
  expect(isTaskOf(opening, opened)).toBe(true);
  expect(isTaskOf(token, tokened)).toBe(true);
  expect([modeOf(opened).mode, modeOf(tokened).mode]).toEqual(["opening", "token"]);
  const others = storageWorkload({ catalog, plan: PLAN }).sample(world.run);
  expect(others.map(({ slot }) => slot)).toEqual([0]);
});

test("all shards are drawn in their turn, as the run has it", () => {
  const { world, catalog } = asked;
  const seen = new Set<string>();
  for (let index = 0; index < 32; index += 1) {
    for (const { plan, index: at } of drawShards({ ...world.run, index }, catalog, PLAN)) {
      seen.add(`${plan.mode} ${at}`);
    }
  }
  expect(seen.size).toBe(6);
});

test("a task of another shard, token, place, run or deadline is not the drawn one", async () => {
  const { opening, token, opened, tokened, taskOf, list, shards } = await whole();
  const other = { ...token, index: (token.index + 1) % 3 };
  expect(isTaskOf(token, await taskOf(other))).toBe(false);
  const { receipt } = shards[token.index] ?? {};
  if (receipt === undefined) throw new Error("no receipt");
  const longer = recordSignedReceipt({
    receipt: { ...receiptOf(receipt.receipt), expiresBlock: 200_000 },
    validatorSignature: new Uint8Array(64),
    minerSignature: new Uint8Array(64),
  });
  expect(isTaskOf(token, { ...tokened, receipt: longer }), "renewed meanwhile").toBe(true);
  const forged: [DrawnShard, unknown][] = [
    [token, { ...tokened, number: 9 }],
    [token, { ...tokened, seed_commit: toHex(identNamed("another")) }],
    [token, { ...tokened, place: undefined }],
    [token, { ...tokened, deadline_ms: 5_000 }],
    [token, { ...tokened, run: 8 }],
    [token, opened],
    [token, null],
    [opening, tokened],
    [opening, { ...opened, blocks: 1 }],
    [opening, { ...opened, prev_link: toHex(identNamed("link")) }],
    [{ ...opening, index: (opening.index + 1) % 3 }, opened],
    [{ ...opening, list: { count: 3, root: askableRoot(list("token")) } }, opened],
  ];
  for (const [drawn, task] of forged) expect(isTaskOf(drawn, task)).toBe(false);
});

test("a list has more shards than a call takes arguments", () => {
  const [shard] = asked.list("token");
  if (shard === undefined) throw new Error("no shard has tokens");
  const count = 130_000;
  const bytes = encodeAskables("token", Array(count).fill(shard));
  expect(bytes.length).toBe(count * encodeAskable(shard).length);
});

test("a list reads back, every place has its path, and none stands for another", async () => {
  const { list } = asked;
  for (const mode of ["opening", "token"] as const) {
    const shards = list(mode);
    const body = askableBody({ run: 1, slot: 4 }, mode, shards);
    const head = askableHeadOf({ ...body, shards: { $sha256: "kept apart" } });
    if (head === null) throw new Error("the head does not need the list");
    expect(head).toEqual({ slot: 4, count: 3, root: askableRoot(shards) });
    const bytes = encodeAskables(mode, shards);
    expect(bytes).toEqual(Uint8Array.from(Buffer.concat(shards.map(encodeAskable))));
    expect(decodeAskables(mode, bytes).map(encodeAskable)).toEqual(shards.map(encodeAskable));
    expect(() => decodeAskables(mode, bytes.subarray(1))).toThrow(/end within/);
    for (const [index, shard] of shards.entries()) {
      const path = (await askablePath(shards, index)).map(toHex);
      for (let at = 0; at < 3; at += 1) {
        expect(isAt(shard, { index: at, path }, head)).toBe(at === index);
      }
    }
  }
  expect(askableHeadOf({ run: 1 })).toBeNull();
});

test("nothing that claims to be a task makes checking it throw", async () => {
  const { token, opening, tokened } = await whole();
  const keys = Object.keys(tokened) as (keyof StorageTask)[];
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
      for (const drawn of [token, opening]) {
        const task = { ...tokened, [key]: value };
        const isSame = JSON.stringify(value) === JSON.stringify(tokened[key]);
        expect(isTaskOf(drawn, task)).toBe(isSame && drawn === token);
      }
    }),
    { numRuns: 200 },
  );
});

test("without a list nothing is asked of one shard", () => {
  const { world } = asked;
  expect(drawShards(world.run, world.catalog, PLAN)).toEqual([]);
});
