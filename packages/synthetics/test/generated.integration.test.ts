import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTimestamp } from "@neurond/incentive";
import { MemorySynthetics, syntheticFinding, type TracedProbe } from "@neurond/synthetics";
import { verifyProbes } from "@neurond/synthetics/io";
import { expect, test } from "vitest";
import { auditorOf, dataset } from "../../ingest/test/world.ts";

interface Recorded {
  readonly parent_invocation_id: string;
  readonly invocation_id: string;
  readonly instance_id: string;
  readonly chute_id: string;
  readonly function_name: string;
  readonly miner_uid: number;
  readonly miner_hotkey: string;
  readonly created_at: string;
  readonly settled_at: string | null;
  readonly has_error: boolean;
}

/** Audits a made-up validator and looks for the requests that its auditor is said to have made. */
async function audited(...args: string[]) {
  const world = dataset(...args);
  const { auditor, warehouse } = await auditorOf(world);
  await auditor.pass(AbortSignal.timeout(50_000));
  const lines = readFileSync(join(world.folder, "synthetics.jsonl"), "utf8").trim().split("\n");
  const store = new MemorySynthetics();
  await store.save(lines.map((line) => probeOf(JSON.parse(line) as Recorded)));
  const found = await verifyProbes({ store, warehouse, validator: world.validator }, 0);
  return { ...found, truth: world.truth, requests: lines.length };
}

test("of a made-up validator that exports what happened, every request is found", async () => {
  const { bad, summary, requests } = await audited("--gen", "all");
  expect(bad).toEqual([]);
  const { FOUND, PENDING, MISSING } = summary.traced.verdicts;
  expect([FOUND + PENDING, MISSING]).toEqual([requests, 0]);
  expect(FOUND).toBeGreaterThan(requests / 2);
});

test("of one that drops a row or credits another miner, exactly those are told", async () => {
  const { bad, truth } = await audited("--gen", "all", "--fault", "dropped-row,swapped-hotkey");
  const expected = truth.findings.filter(({ kind }) => kind.startsWith("SYNTHETIC"));
  expect(expected).toHaveLength(2);
  const told = bad.map(syntheticFinding).map(({ kind, subject }) => ({ kind, subject }));
  expect(told.toSorted(byKind)).toEqual(
    expected.map(({ kind, subject }) => ({ kind, subject })).toSorted(byKind),
  );
});

test("of one that exports no invocations, nothing is said", async () => {
  const { summary, bad } = await audited("--gen", "g3");
  expect(bad).toEqual([]);
  expect(summary.traced.verdicts).toMatchObject({ FOUND: 0, MISSING: 0, MISMATCH: 0 });
  expect(summary.traced.verdicts.NO_CSV).toBeGreaterThan(0);
  expect(summary.traced.omission.upper).toBe(1);
});

function probeOf(one: Recorded): TracedProbe {
  return {
    kind: "traced",
    type: "chat",
    parentInvocationId: one.parent_invocation_id,
    invocationId: one.invocation_id,
    instanceId: one.instance_id,
    chuteId: one.chute_id,
    functionName: one.function_name,
    minerUid: one.miner_uid,
    minerHotkey: one.miner_hotkey,
    attemptedAt: parseTimestamp(one.created_at) ?? 0,
    settledAt: one.settled_at === null ? null : parseTimestamp(one.settled_at),
    hasError: one.has_error,
    tokensIn: null,
    tokensOut: null,
  };
}

function byKind(a: { readonly kind: string }, b: { readonly kind: string }): number {
  return a.kind < b.kind ? -1 : 1;
}
