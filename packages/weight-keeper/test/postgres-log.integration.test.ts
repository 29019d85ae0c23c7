import { WeightsHistory } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { afterEach } from "vitest";
import { weightsLogContract } from "./weights-log-contract.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

weightsLogContract("Postgres", async () => {
  const database = await testDatabase();
  opened.push(database);
  let now = 0;
  return new WeightsHistory(database.kysely, () => ++now);
});
