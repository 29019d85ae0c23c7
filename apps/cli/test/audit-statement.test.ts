import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keypairFromSeed } from "@neurond/crypto";
import type { ScoreRun } from "@neurond/ingest";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { type Statement, stateExports, statementDigest } from "@neurond/statements";
import { afterAll, describe, expect, test } from "vitest";
import { AuditStatementShape } from "../src/commands/audit/statement-schema.ts";
import { run } from "./run.ts";

const scratch = mkdtempSync(join(tmpdir(), "neurond-statement-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const pair = (byte: number) => keypairFromSeed(new Uint8Array(32).fill(byte));
const AGREES = { l1: 0n, maxDelta: 0n, agrees: true, spearman: null, kendall: null };
const scored: ScoreRun = {
  source: hotkeyOf(new Uint8Array(32).fill(1)),
  asOf: 489_000 * 3_600_000_000,
  profile: "compute_units",
  inputsRoot: "0xab",
  inputs: {},
  block: 7,
  createdMs: 1,
  hours: 0,
  isComplete: true,
  reconciled: false,
  total: 0n,
  rows: [],
  metagraph: AGREES,
  weights: null,
  published: null,
};

function stated(byte: number, before: Statement | null = null, changes: Partial<ScoreRun> = {}) {
  return stateExports(
    {
      netuid: toNetuid(64),
      run: { ...scored, ...changes },
      entries: [],
      findings: [],
      software: { name: "neurond", version: "1.0.0" },
    },
    {
      previous: before && { sequence: before.sequence, digest: statementDigest(before) },
      madeMs: 1,
      signer: pair(byte),
    },
  );
}

function file(name: string, value: unknown): string {
  const path = join(scratch, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

const command = async (...args: string[]) => {
  const { exitCode, stdout } = await run(["audit", "statement", "--json", ...args]);
  return { exitCode, result: AuditStatementShape.parse(JSON.parse(stdout)) };
};

describe("neurond audit statement", () => {
  const first = stated(7);
  const second = stated(7, first);

  test("verifies a chain of files, and who signed it", async () => {
    const files = [file("0.json", first), file("1.json", second)];
    const auditor = hotkeyOf(pair(7).publicKey);
    const { exitCode, result } = await command("verify", ...files, "--auditor", auditor);
    expect([exitCode, result.verdict]).toEqual([0, "sound"]);
    expect(result.statements.map(({ sequence, auditor: by }) => [sequence, by])).toEqual([
      [0, auditor],
      [1, auditor],
    ]);
  });

  test("exits 1 for another signer, a changed text, and a chain that breaks", async () => {
    const other = hotkeyOf(pair(8).publicKey);
    const cases = [
      [file("0.json", first), "--auditor", other],
      [file("forged.json", { ...first, verified_hours: 168 })],
      [file("none.json", 5)],
      [file("0.json", first), file("skipped.json", stated(7, second))],
    ];
    for (const args of cases) expect((await command("verify", ...args)).exitCode).toBe(1);
  });

  test("verifies what an auditor serves", async () => {
    const server = createServer((_, response) => response.end(JSON.stringify(first)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { exitCode } = await command("verify", `http://127.0.0.1:${port}/v1/statements/latest`);
    await new Promise((resolve) => server.close(resolve));
    expect(exitCode).toBe(0);
  });

  test("compares auditors, and says about what they differ", async () => {
    const same = await command("compare", file("a.json", first), file("b.json", stated(8)));
    expect([same.exitCode, same.result.comparisons[0]?.disagreements]).toEqual([0, []]);
    const other = stated(8, null, { inputs: { instances: "0x01" }, inputsRoot: "0xcd" });
    const differ = await command("compare", file("a.json", first), file("c.json", other));
    expect(differ.exitCode).toBe(1);
    expect(differ.result.comparisons).toMatchObject([
      { sameInputs: false, disagreements: [{ what: "input", subject: "instances" }] },
    ]);
    const human = await run([
      "audit",
      "statement",
      "compare",
      join(scratch, "a.json"),
      join(scratch, "c.json"),
    ]);
    expect(human.stdout).toContain("instances");
  });

  test("wants a verb it knows, and two statements to compare", async () => {
    expect((await run(["audit", "statement", "judge", "x"])).exitCode).toBe(2);
    expect((await run(["audit", "statement", "compare", join(scratch, "a.json")])).exitCode).toBe(
      2,
    );
  });
});
