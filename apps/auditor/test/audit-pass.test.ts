import { type Finding, type RunAudit, sealEvidence } from "@neurond/audit";
import type { AuditedRun } from "@neurond/audit/io";
import { keypairFromUri } from "@neurond/crypto";
import { CodedError, hotkeyOf, toBlockNumber, toNetuid, toRunId } from "@neurond/primitives";
import { createLogger, Registry } from "@neurond/runtime";
import type { Alert } from "@neurond/webhooks";
import { expect, test } from "vitest";
import { AuditPass } from "../src/audit-pass.ts";
import { createMetrics } from "../src/metrics.ts";

const FORGED = { code: "REPORT_FORGED", severity: "critical" } as const;
const validator = hotkeyOf(keypairFromUri("//Validator1").publicKey);

function audited(
  index: number,
  isPending = false,
  { code, severity }: Pick<Finding, "code" | "severity"> = FORGED,
): AuditedRun {
  const runId = toRunId(`run-${index}`);
  const finding = {
    code,
    severity,
    runId,
    validator,
    miner: null,
    summary: "reported 1",
    claim: {},
  } as const;
  const evidence = sealEvidence(finding, { netuid: toNetuid(2), foundMs: 1, auditor: null });
  const audit: RunAudit = {
    runId,
    findings: [finding],
    agreement: { families: new Map(), weights: [] },
    validators: new Map([
      [validator, { standing: "mismatch", weights: "mismatch", reports: new Map() }],
    ]),
    counts: [],
    incumbents: null,
    isPending,
  };
  const statement = {
    v: 1,
    netuid: 2,
    run_id: runId,
    snapshot_block: 1,
    snapshot_block_hash: "0x00",
    families: [],
    weights: [],
    validators: [],
    auditor: null,
    signature: null,
  } as const;
  const kept = { index, statement, isPending, auditedMs: 1, counts: [], shares: null };
  const found = [{ name: "f", evidence }];
  return { kept: { ...kept, findings: ["f"] }, audit, findings: found, fresh: found };
}

/** A pass over runs that are always due, on a chain whose head the test moves. */
function passOver(due: readonly number[], audit: (index: number) => AuditedRun) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger("auditor", "info", { write: (line) => lines.push(JSON.parse(line)) });
  const registry = new Registry();
  const seen: number[] = [];
  const told: Alert[] = [];
  const chain = { block: 100 };
  const hash = `0x${"00".repeat(32)}` as const;
  const pass = new AuditPass({
    chain: {
      head: async () => ({ number: toBlockNumber(chain.block), hash, parentHash: hash }),
    },
    auditor: {
      due: async () => due,
      audit: async (index) => {
        seen.push(index);
        return audit(index);
      },
    },
    metrics: createMetrics(registry),
    alerts: { tell: async (alerts) => void told.push(...alerts) },
    log,
    lookAgainBlocks: 10,
  });
  return { pass, lines, seen, told, chain, registry };
}

const { signal } = new AbortController();

test("a finding is one line on the log, as loud as it is bad", async () => {
  const { pass, lines, registry } = passOver([7], audited);
  await pass.look(signal);
  expect(lines[0]).toMatchObject({
    level: "error",
    msg: "finding",
    code: "REPORT_FORGED",
    runId: "run-7",
    validator,
    evidence: "f",
  });
  expect(await registry.metrics()).toContain(
    'neuron_audit_findings_total{code="REPORT_FORGED",severity="critical"} 1',
  );
});

test.each([
  ["EQUIVOCATION", "critical", true],
  ["REPORT_MISSING", "warning", true],
  ["WEIGHTS_MISSING", "warning", false],
] as const)("of %s, %s, people are told: %s", async (code, severity, isTold) => {
  const { pass, told } = passOver([7], (index) => audited(index, false, { code, severity }));
  await pass.look(signal);
  const alert = { severity, code, subject: validator, text: "run-7: reported 1" };
  expect(told).toEqual(isTold ? [alert] : []);
});

test("a run whose state is gone holds up no other, and is not asked for at every block", async () => {
  const { pass, seen, chain } = passOver([6, 7], (index) => {
    if (index === 6) throw new CodedError("STATE_DISCARDED", "the node has forgotten the block");
    return audited(index);
  });
  await pass.look(signal);
  chain.block += 1;
  await pass.look(signal);
  expect(seen).toEqual([6, 7, 7]);
});

test("a run whose weights are open is looked at again, some blocks later", async () => {
  const { pass, seen, chain } = passOver([7], (index) => audited(index, true));
  await pass.look(signal);
  await pass.look(signal);
  chain.block += 10;
  await pass.look(signal);
  expect(seen).toEqual([7, 7]);
});

test("a bug is not a bad day of the chain", async () => {
  const { pass } = passOver([7], () => {
    throw new TypeError("a bug");
  });
  await expect(pass.look(signal)).rejects.toThrow("a bug");
});
