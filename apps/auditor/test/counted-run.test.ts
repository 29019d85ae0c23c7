import { MemoryAuditStore } from "@neurond/audit/io";
import { keypairFromUri } from "@neurond/crypto";
import type { ExportedRun } from "@neurond/ingest";
import { hotkeyOf } from "@neurond/primitives";
import { expect, test } from "vitest";
import { countedFindings, countedRun } from "../src/exports/counted-run.ts";

const validator = hotkeyOf(keypairFromUri("//Validator1").publicKey);
const [hash, other] = ["ab".repeat(32), "cd".repeat(32)];
const run: ExportedRun = {
  source: validator,
  entryId: "entry",
  endTime: 1,
  runId: "run-7",
  family: "storage-1",
  workload: "storage/1",
  reportSha256: "ef".repeat(32),
  verdict: { kind: "agrees", hash, rows: 3 },
  asOf: 1,
  judgedMs: 1,
};

/** A store in which the report of a run that counted has these scores. */
async function storeOf(...reports: [string, string][]): Promise<MemoryAuditStore> {
  const store = new MemoryAuditStore();
  const validators = [
    { hotkey: validator, standing: "ok", weights: "ok", reports, findings: [] },
  ] as const;
  await store.saveRun(
    {
      index: 7,
      statement: {
        v: 1,
        netuid: 2,
        run_id: "run-7",
        snapshot_block: 1,
        snapshot_block_hash: "0x00",
        families: [],
        weights: [],
        validators,
        auditor: null,
        signature: null,
      },
      isPending: false,
      auditedMs: 1,
      counts: [],
      shares: null,
      findings: [],
    },
    [],
  );
  return store;
}

test("a run whose counted report has the recomputed scores is one story from rows to weights", async () => {
  const counted = await countedRun(run, await storeOf(["storage-1", hash]));
  expect(counted).toEqual({ report: "same", weights: "ok", hash });
  expect(countedFindings(run, counted)).toEqual([]);
});

test("who exports other scores than it told its peers is found, though its exports are sound", async () => {
  const counted = await countedRun(run, await storeOf(["storage-1", other]));
  const [found] = countedFindings(run, counted);
  expect(found).toMatchObject({ kind: "RUN_REPORT_DIFFERS", severity: "critical" });
  expect(found?.detail).toContain(hash);
  expect(found?.detail).toContain(other);
});

test("nothing is said of runs that nobody audited, or in which no report counted", async () => {
  const nobody = { report: null, weights: null, hash: null };
  expect(await countedRun(run, new MemoryAuditStore())).toEqual(nobody);
  expect(await countedRun({ ...run, runId: "epoch-7" }, await storeOf())).toEqual(nobody);
  const uncounted = await countedRun(run, await storeOf(["other-1", other]));
  expect(uncounted).toEqual({ report: null, weights: "ok", hash: null });
  const gap: ExportedRun = { ...run, verdict: { kind: "not_whole", from: 1, to: 2 } };
  const store = await storeOf(["storage-1", other]);
  expect(countedFindings(gap, await countedRun(gap, store))).toEqual([]);
});
