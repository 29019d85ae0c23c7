import { sealEvidence } from "@neurond/audit";
import type { AuditStore, KeptFinding, KeptRun } from "@neurond/audit/io";
import { toNetuid, toRunId } from "@neurond/primitives";
import { expect, test } from "vitest";
import { hotkeyFor, validators } from "./people.ts";

const validator = hotkeyFor(validators[0]);

function runOf(index: number, findings: readonly string[], isPending = false): KeptRun {
  const statement = {
    v: 1,
    netuid: 2,
    run_id: `run-${index}`,
    snapshot_block: 1,
    snapshot_block_hash: "0x00",
    families: [],
    weights: [],
    validators: [],
    auditor: null,
    signature: null,
  } as const;
  return { index, statement, isPending, auditedMs: 1, counts: [], shares: null, findings };
}

function findingOf(name: string, index: number, foundMs = 1_000): KeptFinding {
  const finding = {
    code: "REPORT_MISSING",
    severity: "warning",
    runId: toRunId(`run-${index}`),
    validator,
    miner: null,
    summary: "no report",
    claim: {},
  } as const;
  return { name, evidence: sealEvidence(finding, { netuid: toNetuid(2), foundMs, auditor: null }) };
}

/** What every store of an auditor does; run against each. */
export function auditStoreContract(open: () => Promise<AuditStore>): void {
  test("gives back what was saved, and null for what was not", async () => {
    const store = await open();
    expect(await store.readRun(3)).toBeNull();
    expect(await store.readFinding("a")).toBeNull();
    await store.saveRun(runOf(3, ["a"]), [findingOf("a", 3)]);
    expect(await store.readRun(3)).toEqual(runOf(3, ["a"]));
    expect(await store.readFinding("a")).toEqual(findingOf("a", 3));
  });

  test("lists the newest runs first, by number and not by text", async () => {
    const store = await open();
    for (const index of [9, 100, 10]) await store.saveRun(runOf(index, []), []);
    const indexes = (await store.latestRuns(2)).map(({ index }) => index);
    expect(indexes).toEqual([100, 10]);
  });

  test("replaces a run that was looked at again, and keeps a finding as it was first found", async () => {
    const store = await open();
    await store.saveRun(runOf(3, ["a"], true), [findingOf("a", 3, 1_000)]);
    await store.saveRun(runOf(3, ["a", "b"]), [findingOf("a", 3, 2_000), findingOf("b", 3)]);
    expect(await store.readRun(3)).toEqual(runOf(3, ["a", "b"]));
    expect(await store.readFinding("a")).toEqual(findingOf("a", 3, 1_000));
  });

  test("lists findings of the newest runs first, as many as asked for", async () => {
    const store = await open();
    await store.saveRun(runOf(3, ["a", "b"]), [findingOf("a", 3), findingOf("b", 3)]);
    await store.saveRun(runOf(4, ["c"]), [findingOf("c", 4)]);
    const names = (await store.latestFindings(2)).map(({ name }) => name);
    expect(names).toEqual(["c", "a"]);
  });
}
