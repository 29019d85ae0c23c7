import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectChain } from "@neurond/chain";
import { Dataset, generate, parseOptions, seedDevnet, serveDataset } from "@neurond/gen-exports";
import { parseHotkey } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { testDatabase } from "@neurond/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { reportOf, rewrite } from "../../../packages/ingest/test/continuity/rewrite.ts";
import { Config } from "../src/config.ts";
import { startAuditor } from "../src/start.ts";

const Answer = z.record(z.string(), z.unknown());
const OTHER = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const scratch = mkdtempSync(join(tmpdir(), "neurond-auditor-"));

/** Lets the newest report state two runs without rows, of which one has a score all the same. */
function stateRuns(folder: string, hotkey: string): void {
  const stated = (run_id: string, scores: object) => ({
    run_id,
    family_id: "storage-1",
    workload: "storage/1",
    min_tasks: 1,
    log_from: 0,
    log_to: 0,
    report_sha256: "ab".repeat(32),
    scores,
  });
  const world = {
    folder,
    validator: parseHotkey(hotkey),
    truth: { entries: [], findings: [], scores: {} },
  };
  const { sha256: before } = reportOf(world, 2);
  const after = rewrite(world, 2, ({ neurond }) => {
    const log = { from: 0, to: 0, root: "cd".repeat(32) };
    const runs = [stated("run-1", {}), stated("run-2", { [OTHER]: 7 })];
    Object.assign(neurond ?? {}, { statement: { log, runs, scoring: null } });
  });
  // What the chain was sent is a file of its own.
  const sent = join(folder, "chain/submissions.jsonl");
  writeFileSync(sent, readFileSync(sent, "utf8").replaceAll(before, after));
}

test("one daemon audits exports over HTTP, keeps verdicts, and serves them", async () => {
  const folder = join(scratch, "exports");
  const small = ["--hours", "3", "--miners", "4", "--chutes", "6", "--rate", "60"];
  const faults = ["--fault", "missing-commitment", "--block-time", "300"];
  generate(parseOptions([...small, ...faults, "--gen", "all", "--out", folder]));
  const { hotkey } = new Dataset(folder).manifest.validator;
  stateRuns(folder, hotkey);
  await using api = await serveDataset(folder);
  await using crawling = await serveDataset(folder, { hostility: { kind: "slow" } });
  await using devnet = await seedDevnet(folder);
  await using chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
  await using database = await testDatabase();
  const config = Config.parse({
    netuid: 64,
    http: { port: 0 },
    validators: [
      { name: "crawling", hotkey: OTHER, url: crawling.url },
      { name: "chutes", hotkey, url: api.url },
    ],
    exports: { directory: join(scratch, "windows"), allowPrivate: true, skipMinerAudits: false },
    audit: { runs: false, directory: join(scratch, "audit") },
    database: { url: database.url, schema: database.schema },
  });
  const log = createLogger("auditor");
  log.level = "silent";
  const stop = new AbortController();
  await using auditor = await startAuditor({ config, chain, signer: null, log });
  const [slow, watched] = auditor.exports?.validators ?? [];
  const following = auditor.follow(stop.signal);
  await expect.poll(() => watched?.last, { timeout: 30_000 }).not.toBeNull();
  expect(watched?.last?.problem).toBeNull();
  expect(slow?.last).toBeNull(); // one byte a second holds up nobody else

  const get = async (path: string) => {
    const response = await fetch(`${auditor.url}${path}`);
    return { status: response.status, body: Answer.parse(await response.json()) };
  };
  const { body } = await get("/v1/validators");
  expect(body["validators"]).toMatchObject([
    { name: "crawling", hotkey: OTHER, verified_hours: 0, problem: null },
    { name: "chutes", hotkey, verified_hours: 2, problem: null },
  ]);
  const entries = await get("/v1/validators/chutes/entries?reporter=validator");
  expect(entries.body["entries"]).toMatchObject([
    { verdict: "VERIFIED", problem: null },
    { verdict: "PENDING", problem: "COMMITMENT_MISSING" },
    { verdict: "VERIFIED", problem: null },
  ]);
  const scores = await get(`/v1/validators/${hotkey}/scores`);
  expect(scores.body).toMatchObject({ profile: "compute_units", verified_hours: 2 });
  const share = expect.stringMatching(/^[01]\.\d{18}$/);
  expect(scores.body["miners"]).toEqual(
    expect.arrayContaining([expect.objectContaining({ share })]),
  );
  const coverage = await get("/v1/validators/chutes/coverage");
  expect(coverage.body["validator"]).toMatchObject({ hotkey, isFull: false });
  expect(coverage.body["miners"]).not.toEqual([]);
  expect((await get("/v1/validators/nobody/scores")).status).toBe(404);
  const runs = await get("/v1/validators/chutes/runs");
  expect(runs.body["runs"]).toMatchObject([
    {
      run_id: "run-2",
      verdict: "differs",
      field: `scores.${OTHER}`,
      stated: "7",
      recomputed: "none",
      counted_report: null,
      weights: null,
    },
    { run_id: "run-1", verdict: "agrees", field: null },
  ]);
  const differing = await get("/v1/validators/chutes/runs?verdict=differs");
  expect(differing.body["runs"]).toHaveLength(1);
  const found = await get("/v1/validators/chutes/findings");
  expect(found.body["findings"]).toContainEqual(
    expect.objectContaining({ kind: "RUN_SCORES_DIFFER", subject: "run-2 storage-1" }),
  );
  expect((await get("/v1/validators/chutes/findings")).status).toBe(200);
  const metrics = await (await fetch(`${auditor.url}/metrics`)).text();
  expect(metrics).toMatch(/neuron_export_verified_hours\{validator="chutes"[^}]*\} 2/);
  expect(metrics).toMatch(/neuron_exported_runs\{validator="chutes",verdict="differs"[^}]*\} 1/);
  const audited = await watched?.audited();
  expect(audited?.run.hours).toBe(2);
  stop.abort();
  await following;
  rmSync(scratch, { recursive: true, force: true });
}, 90_000);
