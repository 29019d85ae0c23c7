import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keypairFromSeed, verifySr25519Fast as verify } from "@neurond/crypto";
import type { ScoreRun } from "@neurond/ingest";
import { type Hotkey, hotkeyOf, toNetuid } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { checkStatement, checkSuccession, statementDigest } from "@neurond/statements";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  StatementKeeper,
  type StatementKeeperDeps,
  StatementStore,
  serveStatements,
} from "../src/statements/index.ts";
import { auditorApp } from "./auditor-app.ts";

const SIGNAL = AbortSignal.timeout(20_000);
const HOUR = 3_600_000_000;
const signer = keypairFromSeed(new Uint8Array(32).fill(7));
const key = (byte: number): Hotkey => hotkeyOf(new Uint8Array(32).fill(byte));
const log = createLogger("auditor");
log.level = "silent";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "neurond-statements-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const AGREES = { l1: 0n, maxDelta: 0n, agrees: true, spearman: null, kendall: null };
const run = (hour: number, source = key(1)): ScoreRun => ({
  source,
  asOf: hour * HOUR,
  profile: "compute_units",
  inputsRoot: `0x${"ab".repeat(32)}`,
  inputs: {},
  block: hour,
  createdMs: hour,
  hours: 0,
  isComplete: true,
  reconciled: false,
  total: 0n,
  rows: [],
  metagraph: AGREES,
  weights: null,
  published: null,
});

async function keeper(parts: Partial<StatementKeeperDeps> = {}) {
  const store = await StatementStore.open(directory);
  const deps: StatementKeeperDeps = {
    netuid: toNetuid(64),
    version: "1.2.3",
    signer,
    store,
    findings: async () => [],
    chain: null,
    log,
    now: () => 1,
    ...parts,
  };
  return { store, keeper: await StatementKeeper.open(deps) };
}

describe("an auditor's statements", () => {
  test("are one chain over all validators, also after a restart, and say each hour once", async () => {
    const first = await keeper();
    const a = await first.keeper.state({ run: run(490_000), entries: [] }, SIGNAL);
    const b = await first.keeper.state({ run: run(490_000, key(2)), entries: [] }, SIGNAL);
    const again = await keeper();
    expect(await again.keeper.state({ run: run(490_000), entries: [] }, SIGNAL)).toBeNull();
    expect(await again.keeper.state({ run: run(490_000, key(2)), entries: [] }, SIGNAL)).toBeNull();
    const c = await again.keeper.state({ run: run(490_001), entries: [] }, SIGNAL);
    if (a === null || b === null || c === null) throw new Error("not stated");
    expect([checkSuccession(a, b), checkSuccession(b, c)]).toEqual([null, null]);
    for (const statement of await again.store.latest(10))
      expect(checkStatement(statement, verify, hotkeyOf(signer.publicKey)).kind).toBe("sound");
  });

  test("are one chain also when two validators are looked at in the same moment", async () => {
    const { keeper: keeping, store } = await keeper();
    const hours = [run(490_000), run(490_000, key(2)), run(490_000, key(3))];
    await Promise.all(hours.map((one) => keeping.state({ run: one, entries: [] }, SIGNAL)));
    const [c, b, a] = await store.latest(10);
    if (a === undefined || b === undefined || c === undefined) throw new Error("not stated");
    expect([checkSuccession(a, b), checkSuccession(b, c)]).toEqual([null, null]);
  });

  test("are never written over: a second writer is told", async () => {
    const [one, other] = [await keeper(), await keeper()];
    await one.keeper.state({ run: run(490_000), entries: [] }, SIGNAL);
    await expect(
      other.keeper.state({ run: run(490_001), entries: [] }, SIGNAL),
    ).rejects.toMatchObject({ code: "STATEMENT_CONFLICT" });
    expect(readdirSync(directory)).toEqual(["0000000000.json"]);
  });

  test("survive what a kill leaves: a draft is no statement", async () => {
    const one = await keeper();
    await one.keeper.state({ run: run(490_000), entries: [] }, SIGNAL);
    writeFileSync(join(directory, "0000000001.json.99.draft"), '{"v":');
    const next = await (await keeper()).keeper.state({ run: run(490_001), entries: [] }, SIGNAL);
    expect(next?.sequence).toBe(1);
  });

  test("are committed by digest where that is wanted, and stand without it", async () => {
    const committed: unknown[] = [];
    const chain: StatementKeeperDeps["chain"] = {
      setCommitment: async (_, { fields }) => {
        committed.push(fields);
        return { kind: "tooSoon", blocks: 3 };
      },
    };
    const { keeper: keeping } = await keeper({ chain });
    const statement = await keeping.state({ run: run(490_000), entries: [] }, SIGNAL);
    if (statement === null) throw new Error("not stated");
    const hash = Uint8Array.from(Buffer.from(statementDigest(statement), "hex"));
    expect(committed).toEqual([[{ kind: "sha-256", hash }]]);
  });

  test("are served as they were signed", async () => {
    const { store, keeper: keeping } = await keeper();
    const app = await auditorApp();
    serveStatements(app, store);
    const get = async (url: string) => {
      const response = await app.inject({ url });
      return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
    };
    expect((await get("/v1/statements/latest")).status).toBe(404);
    for (const hour of [490_000, 490_001])
      await keeping.state({ run: run(hour), entries: [] }, SIGNAL);
    const { body } = await get("/v1/statements/latest");
    expect(checkStatement(body, verify)).toMatchObject({ kind: "sound" });
    expect((await get("/v1/statements/0")).body).toMatchObject({ sequence: 0 });
    expect((await get("/v1/statements/7")).body).toMatchObject({ code: "STATEMENT_UNKNOWN" });
    expect((await get("/v1/statements?limit=1")).body).toMatchObject({
      statements: [{ sequence: 1, verified_hours: 0 }],
    });
    expect((await get(`/v1/statements?validator=${key(9)}`)).body).toEqual({ statements: [] });
  });
});
