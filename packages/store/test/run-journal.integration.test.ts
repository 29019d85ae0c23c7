import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, RunJournal } from "../src/index.ts";

interface Facts {
  readonly opened?: { readonly size: number };
  readonly closed?: { readonly why: string };
}

let database: Database;
const journal = () => new RunJournal<Facts>(database.kysely);

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

test("a run nobody wrote about has no facts", async () => {
  expect(await journal().read(1)).toEqual({});
  expect(await journal().latest("opened")).toBeUndefined();
});

test("the first fact of a kind stands, whoever else writes and however many at once", async () => {
  const sizes = Array.from({ length: 8 }, (_, size) => size);
  const standing = await Promise.all(sizes.map((size) => journal().write(2, "opened", { size })));
  expect(new Set(standing.map(({ size }) => size)).size).toBe(1);
  expect(await journal().write(2, "opened", { size: 99 })).toEqual(standing[0]);
  expect(await journal().read(2)).toEqual({ opened: standing[0] });
});

test("facts of other kinds than those asked for are left where they are", async () => {
  await journal().write(3, "opened", { size: 1 });
  await journal().write(3, "closed", { why: "three" });
  expect(await journal().read(3, ["closed"])).toEqual({ closed: { why: "three" } });
  expect(Object.keys(await journal().read(3))).toHaveLength(2);
});

test("the latest fact of a kind is that of the highest run, not of the last write", async () => {
  await journal().write(10, "closed", { why: "ten" });
  await journal().write(9, "closed", { why: "nine" });
  expect(await journal().latest("closed")).toEqual({ index: 10, fact: { why: "ten" } });
});
