import { sealEvidence } from "@neurond/audit";
import { keypairFromUri } from "@neurond/crypto";
import { familyOf, signReport } from "@neurond/ledger";
import { hotkeyOf, toBlockNumber, toNetuid, toRunId } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { AuditCheckShape, AuditRunShape } from "../src/commands/audit/schemas.ts";
import { run } from "./run.ts";

const validator = keypairFromUri("//Validator1");
const miner = hotkeyOf(keypairFromUri("//Miner1").publicKey);
const runId = toRunId("run-7");

const reportOf = (score: number) =>
  signReport(
    {
      runId,
      familyId: familyOf("storage/1"),
      scores: new Map([[miner, score]]),
      taskCounts: new Map([[miner, 1]]),
      timeMs: 1_000,
      checkpoint: { size: 1, root: "00".repeat(32) },
      configHash: "00".repeat(32),
      salt: new Uint8Array(32),
    },
    validator,
  );
const evidence = sealEvidence(
  {
    code: "EQUIVOCATION",
    severity: "critical",
    runId,
    validator: hotkeyOf(validator.publicKey),
    miner: null,
    summary: "signed two different reports of storage-1",
    claim: JSON.parse(JSON.stringify({ kind: "double_report", a: reportOf(1), b: reportOf(2) })),
  },
  { netuid: toNetuid(2), foundMs: 2_000, auditor: null },
);
const text = JSON.stringify(evidence);

describe("neurond audit check", () => {
  test("says what is proven, of whom", async () => {
    const { exitCode, stdout } = await run(["audit", "check", "-", "--json"], { input: text });
    expect(exitCode).toBe(0);
    expect(AuditCheckShape.parse(JSON.parse(stdout))).toMatchObject({
      verdict: "proven",
      code: "EQUIVOCATION",
      validator: hotkeyOf(validator.publicKey),
    });
  });

  test("refuses a file with one digit changed, and exits 1", async () => {
    const input = text.replace('"run-7"', '"run-8"');
    const { exitCode, stdout } = await run(["audit", "check", "-", "--json"], { input });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "refused", fault: "DIGEST_MISMATCH" });
  });

  test("shows a person the same in lines", async () => {
    const { stdout } = await run(["audit", "check", "-"], { input: text });
    expect(stdout).toContain("signed two different reports");
  });

  test("what is not JSON is bad input", async () => {
    expect(await run(["audit", "check", "-"], { input: "hello" })).toMatchObject({ exitCode: 2 });
  });
});

describe("neurond audit run", () => {
  const head = async () => {
    const hash = `0x${"00".repeat(32)}` as const;
    return { number: toBlockNumber(300), hash, parentHash: hash };
  };

  test("finds no run where none is over", async () => {
    const line = ["audit", "run", "--once", "--json", "--netuid", "2", "-n", "local"];
    const { exitCode, stdout } = await run(line, { chain: { head } });
    expect(exitCode).toBe(0);
    expect(AuditRunShape.parse(JSON.parse(stdout))).toEqual({ netuid: 2, block: 300, runs: [] });
  });

  test("takes the subnet and its rules from an auditor's file", async () => {
    const input = "netuid: 5\nrun:\n  blocks: 24\n  beaconLag: 30\n";
    const line = ["audit", "run", "--config-file", "-", "-n", "local"];
    const { stderr } = await run(line, { chain: { head }, input });
    expect(stderr).toContain("RULES_INVALID");
  });

  test.each(["0", "x", "1000"])("does not take %s for a number of runs", async (runs) => {
    const line = ["audit", "run", "--netuid", "2", "--runs", runs];
    expect(await run(line, { chain: { head } })).toMatchObject({ exitCode: 2 });
  });
});
