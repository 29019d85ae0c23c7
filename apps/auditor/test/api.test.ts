import { isStatementSigned, type RunAudit, sealEvidence, stateAudit } from "@neurond/audit";
import { MemoryAuditStore } from "@neurond/audit/io";
import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { hotkeyOf, toBlockNumber, toNetuid, toRunId } from "@neurond/primitives";
import { beforeEach, expect, test } from "vitest";
import { serveFindings } from "../src/api.ts";
import { auditorApp } from "./auditor-app.ts";

const netuid = toNetuid(2);
const signer = keypairFromUri("//Auditor");
const hotkey = hotkeyOf(signer.publicKey);
const validator = hotkeyOf(keypairFromUri("//Validator1").publicKey);
const runId = toRunId("run-7");
const finding = {
  code: "LOG_UNAVAILABLE",
  severity: "warning",
  runId,
  validator,
  miner: null,
  summary: "the log was not served as it was vouched for: GONE",
  claim: { reason: "GONE", anchors: [] },
} as const;
const audit: RunAudit = {
  runId,
  findings: [finding],
  agreement: { families: new Map(), weights: [] },
  validators: new Map([[validator, { standing: "ok", weights: "ok", reports: new Map() }]]),
  counts: [],
  incumbents: null,
  isPending: false,
};

let store: MemoryAuditStore;
beforeEach(async () => {
  store = new MemoryAuditStore();
  const evidence = sealEvidence(finding, { netuid, foundMs: 1_000, auditor: signer });
  const snapshot = {
    block: toBlockNumber(192),
    blockHash: `0x${"00".repeat(32)}`,
    neurons: [],
  } as const;
  const statement = stateAudit(audit, { netuid, snapshot, auditor: signer });
  const about = { isPending: false, auditedMs: 2_000, counts: [], shares: null };
  await store.saveRun({ index: 7, statement, ...about, findings: ["f"] }, [
    { name: "f", evidence },
  ]);
});

async function get(path: string) {
  const app = await auditorApp();
  serveFindings(app, { netuid, hotkey, version: "0", store, head: () => toBlockNumber(300) });
  const response = await app.inject(path);
  return { status: response.statusCode, body: response.json() };
}

test("findings are listed without their claims, and served whole by name", async () => {
  const { body } = await get("/v1/findings");
  expect(body.findings).toMatchObject([{ name: "f", code: "LOG_UNAVAILABLE", run_id: "run-7" }]);
  expect(body.findings[0]).not.toHaveProperty("claim");
  const whole = await get("/v1/findings/f");
  expect(whole.body).toEqual((await store.readFinding("f"))?.evidence);
});

test("a run is served with its signed statement", async () => {
  const [listed] = (await get("/v1/runs")).body.runs;
  const { body } = await get("/v1/runs/run-7");
  expect(body).toEqual(listed);
  expect(isStatementSigned(body.statement, hotkey, verifySr25519Fast)).toBe(true);
  expect(body).toMatchObject({ pending: false, findings: ["f"] });
});

test("status says who audits what, and how far", async () => {
  const { body } = await get("/v1/status");
  expect(body).toEqual({ netuid: 2, hotkey, version: "0", block: 300, run: "run-7" });
});

test.each([
  ["/v1/runs/run-8", "RUN_UNKNOWN"],
  ["/v1/runs/anything", "RUN_UNKNOWN"],
  ["/v1/findings/g", "FINDING_UNKNOWN"],
])("what is not there is 404 with a code: %s", async (path, code) => {
  expect(await get(path)).toMatchObject({ status: 404, body: { code } });
});
