import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Database, PostgresAuditState } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { loadedEntries, openWarehouse } from "@neurond/warehouse";
import { expect, it, onTestFinished } from "vitest";
import { verdictOf } from "../src/index.ts";
import { auditorOf, dataset, temporary, type World } from "./world.ts";

/** Runs the audit in a process of its own and kills it when so many steps were kept; whether it got to its end. */
async function auditUntil(
  steps: number,
  world: World,
  directory: string,
  { url, schema }: Database,
): Promise<boolean> {
  const script = new URL("audit-until-killed.ts", import.meta.url).pathname;
  const args = [world.folder, world.validator, directory, url, schema];
  const child = spawn(process.execPath, ["--conditions=neurond:source", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const exited = once(child, "exit");
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "DONE") break;
    seen += 1;
    if (seen === steps) child.kill("SIGKILL");
  }
  const [code] = await exited;
  return code === 0;
}

it("killed at any step, an audit goes on to the same verdicts and scores", async () => {
  const world = dataset("--hours", "3", "--miners", "4", "--chutes", "6", "--rate", "100");
  const expected = await (
    await auditorOf(world, { settings: { profile: "features" } })
  ).auditor.pass(AbortSignal.timeout(60_000));
  await using database = await testDatabase();
  const directory = temporary();
  // Each start goes on where the one before was killed: these fall into every step of some entry.
  for (const steps of [1, 4, 7, 9]) {
    expect(await auditUntil(steps, world, directory, database)).toBe(false);
  }
  expect(await auditUntil(Number.POSITIVE_INFINITY, world, directory, database)).toBe(true);

  const state = new PostgresAuditState(database.kysely);
  const entries = await state.entries(world.validator);
  const byId = (list: typeof entries) =>
    Object.fromEntries(list.map((entry) => [entry.entryId, [entry.step, verdictOf(entry)]]));
  expect(byId(entries)).toEqual(byId(expected.entries));
  const run = await state.latestScores(world.validator);
  expect([run?.inputsRoot, run?.rows]).toEqual([expected.run?.inputsRoot, expected.run?.rows]);
  await using warehouse = await openWarehouse({ directory: join(directory, "window") });
  expect(await loadedEntries(warehouse)).toHaveLength(entries.length);
  const left = readdirSync(join(directory, "reports"), { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => /\.csv|\.part/.test(name))).toEqual([]);
}, 120_000);
