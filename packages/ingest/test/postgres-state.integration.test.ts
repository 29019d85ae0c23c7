import { PostgresAuditState } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { onTestFinished } from "vitest";
import { stateContract } from "./state-contract.ts";

stateContract("state in Postgres", async () => {
  const database = await testDatabase();
  onTestFinished(() => database[Symbol.asyncDispose]());
  return new PostgresAuditState(database.kysely);
});
