import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditedWorkloads } from "@neurond/audit";
import { keypairFromUri } from "@neurond/crypto";
import {
  type Document,
  encodeEntry,
  familyOf,
  type Json,
  type LogEntry,
  type Observation,
  scoreRun,
  signReport,
} from "@neurond/ledger";
import { canonicalJson, hotkeyOf, toNetuid, toRunId, toUid } from "@neurond/primitives";
import {
  type Batch,
  batchEvent,
  bookRulesOf,
  intervalOf,
  nextStanding,
  optionSchema,
  SEED_TIERS,
  STANDING,
  type Standing,
  standingBody,
  standingRulesOf,
  VALIDATOR_OPTIONS,
} from "@neurond/storage-rules";
import { openEventLog } from "@neurond/storage-rules/io";
import { passed } from "@neurond/workload";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditLogShape } from "../src/commands/audit/log-schema.ts";
import { run } from "./run.ts";

const validator = keypairFromUri("//Validator");
const about = { v: 1, netuid: toNetuid(21), validator: hotkeyOf(validator.publicKey) } as const;
const [alice, bob] = ["//Alice", "//Bob"].map((uri) => hotkeyOf(keypairFromUri(uri).publicKey)) as [
  ReturnType<typeof hotkeyOf>,
  ReturnType<typeof hotkeyOf>,
];
const options = optionSchema(VALIDATOR_OPTIONS).parse({});
const rules = standingRulesOf(options, { mode: "sigmoid", timeoutMs: 10_000 });
const WORKLOAD = "storage/1";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-audit-log-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const audit = async (...argv: readonly string[]) => {
  const { exitCode, stdout } = await run(["audit", "log", ...argv, "--json"]);
  return { exitCode, ...AuditLogShape.parse(JSON.parse(stdout)) };
};

describe("neurond audit log of a state directory", () => {
  const [tier] = SEED_TIERS.slice(-1);
  const batch = (elapsed: number): Batch => {
    if (tier === undefined) throw new Error("the table has no tiers");
    const answers = new Map([
      [alice, { isSuccess: true, elapsed, bytes: 0, tier }],
      [bob, { isSuccess: false, elapsed: 0, bytes: 0, tier }],
    ]);
    return { task: "challenge", timeout: 10_000_000, answers };
  };
  const uids = new Map([
    [alice, toUid(1)],
    [bob, toUid(2)],
  ]);

  async function write(files: number): Promise<void> {
    await using log = await openEventLog(directory, { maxBytes: files > 1 ? 1_500 : 1_000_000 });
    for (let at = 0; at < 3; at += 1) {
      const circumstances = { time: at, block: at, stepSeconds: 1, uids, statuses: new Map() };
      const event = batchEvent(batch(at * 1000), circumstances, bookRulesOf(rules).rewards);
      await log.append({ ...event, rules });
    }
  }

  test("computes every reward again, also where files were set aside", async () => {
    await write(3);
    expect(await audit(directory)).toMatchObject({ exitCode: 0, verdict: "holds", rewards: 3 });
  });

  test("finds a line that was altered, and a reward that the rules do not give", async () => {
    await write(1);
    const path = join(directory, "events.jsonl");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"block":1', '"block":7'));
    expect(await audit(directory)).toMatchObject({
      exitCode: 1,
      mismatch: { at: "events.jsonl:2", fault: "DIGEST" },
    });
    await rm(path);
    await using log = await openEventLog(directory);
    const circumstances = { time: 1, block: 1, stepSeconds: 1, uids, statuses: new Map() };
    const event = batchEvent(batch(5), circumstances, bookRulesOf(rules).rewards);
    await log.append({ ...event, rules, rewards: [0.9, 0] });
    expect(await audit(directory)).toMatchObject({
      exitCode: 1,
      mismatch: { at: "events.jsonl:1", fault: "REWARDS" },
    });
  });

  test("says that an empty directory proves nothing", async () => {
    expect(await audit(directory)).toMatchObject({ exitCode: 5, verdict: "empty" });
    const nowhere = await run(["audit", "log", join(directory, "nowhere")]);
    expect(nowhere.stderr).toMatch(/no directory/);
  });
});

describe("neurond audit log of a validator", () => {
  const observation = (run: number, miner: typeof alice, ms: number): Observation => ({
    kind: "observation",
    ...about,
    run_id: toRunId(`run-${run}`),
    workload: WORKLOAD,
    slot: 0,
    miner,
    block: 5,
    sent_ms: 1_000,
    received_ms: 1_000 + ms,
    task: null,
    evidence: null,
    outcome: passed(),
  });

  /** What an honest validator logs and reports in three runs. */
  function record() {
    const entries: LogEntry[] = [];
    const reports = new Map<string, string>();
    const workload = auditedWorkloads().find(
      ({ workload }) => workload.name === WORKLOAD,
    )?.workload;
    if (workload === undefined) throw new Error("storage is not audited");
    let before: Standing | null = null;
    for (let run = 0; run < 3; run += 1) {
      const from: number = before?.log ?? 0;
      const seen = entries.slice(from).filter((one) => one.kind === "observation");
      const named = { runId: `run-${run - 1}`, workload: WORKLOAD };
      const interval = before === null ? { tasks: [], records: [] } : intervalOf(seen, named);
      const planned = {
        run,
        block: 360 * run,
        log: entries.length,
        registered: [alice, bob],
        rules,
      };
      before = nextStanding(before, interval, planned);
      const runId = toRunId(`run-${run}`);
      const document: Document = {
        kind: "document",
        ...about,
        run_id: runId,
        type: STANDING,
        miner: null,
        body: standingBody(before) as Json,
      };
      const judged = [observation(run, alice, 100), observation(run, bob, 4_000)];
      entries.push(document, ...judged);
      const { scores, taskCounts } = scoreRun(workload, judged, 1, [document]);
      const report = signReport(
        {
          runId,
          familyId: familyOf(WORKLOAD),
          timeMs: 1_000,
          checkpoint: { size: entries.length, root: "00".repeat(32) },
          configHash: "00".repeat(32),
          scores,
          taskCounts,
          salt: new Uint8Array(32),
        },
        validator,
      );
      reports.set(runId, canonicalJson(report));
    }
    return { texts: entries.map(encodeEntry), reports };
  }

  async function served(
    { texts, reports }: ReturnType<typeof record>,
    look: (url: string) => Promise<void>,
  ): Promise<void> {
    const server: Server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const [from, to] = ["from", "to"].map((name) => Number(url.searchParams.get(name)));
      const run = url.pathname.split("/").at(-1) ?? "";
      const report = reports.get(run);
      if (url.pathname === "/v1/log/checkpoint") {
        response.end(JSON.stringify({ size: texts.length }));
      } else if (url.pathname === "/v1/log/entries") {
        response.end(
          JSON.stringify({ from, entries: texts.slice(from, Math.min(to ?? 0, (from ?? 0) + 4)) }),
        );
      } else {
        response.statusCode = report === undefined ? 404 : 200;
        response.end(report ?? "{}");
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await look(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test("computes standings and the scores of reports again from the record", async () => {
    await served(record(), async (url) => {
      expect(await audit(url)).toMatchObject({
        exitCode: 0,
        verdict: "holds",
        standings: 3,
        reports: 3,
      });
    });
  });

  test("finds the first score that the record does not give", async () => {
    const { texts, reports } = record();
    const report = JSON.parse(reports.get("run-1") ?? "{}");
    report.scores[bob] += 1;
    reports.set("run-1", canonicalJson(report));
    await served({ texts, reports }, async (url) => {
      expect(await audit(url)).toMatchObject({
        exitCode: 1,
        mismatch: { at: "run-1", fault: "SCORES", field: `scores.${bob}` },
      });
    });
  });

  test("finds the first standing that does not follow from the one before", async () => {
    const { texts, reports } = record();
    const altered = texts.map((text, at) => (at === 4 ? text.replace(":1100,", ":1090,") : text));
    expect(altered).not.toEqual(texts);
    await served({ texts: altered, reports }, async (url) => {
      expect(await audit(url)).toMatchObject({
        exitCode: 1,
        mismatch: { at: "entry 6", fault: "DIFFERS" },
      });
    });
  });
});
