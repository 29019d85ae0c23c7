import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditedStorage, checkEvidence, readRules } from "@neurond/audit";
import { DirectoryAuditStore, MemoryAuditStore } from "@neurond/audit/io";
import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { type Hotkey, toBlockNumber } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditor, hotkeyFor, miners, validators } from "./people.ts";
import { Stage } from "./stage.ts";
import { NETUID } from "./tiny-validator.ts";
import { RULES } from "./world.ts";

const rules = readRules({ ...RULES, min_stake_rao: "1000000000000" });
const tools = { rules, workloads: [auditedStorage()], verify: verifySr25519Fast };
const [m0] = miners.map(hotkeyFor) as [Hotkey];
const { signal } = new AbortController();

describe("three validators on a chain, the third lying in run 3", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.begin(tools, validators);
    await stage.perform(1);
    await stage.setWeights(1);
    const [, , liar] = stage.nodes;
    if (liar !== undefined) liar.lie = (scores) => new Map([...scores, [m0, 0]]);
    await stage.perform(3);
    await stage.setWeights(3);
    await stage.advanceTo(stage.timesOf(3).weightsEnd);
  }, 120_000);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  const audit = async (index: number, head?: number) =>
    stage
      .auditorWith(new MemoryAuditStore())
      .audit(index, toBlockNumber(head ?? (await stage.head())), signal);

  test("an honest run has no finding, and its row is the one recomputed", async () => {
    const found = await audit(1);
    expect(found.audit.findings).toEqual([]);
    const states = [...found.audit.validators.values()].map(({ weights }) => weights);
    expect(states).toEqual(["ok", "ok", "ok"]);
    expect(found.audit.agreement.weights?.map(([, value]) => value)).toEqual([65_535, 65_535]);
  });

  test("the liar is named, by evidence that stands by itself in a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "neurond-audit-"));
    try {
      const store = await DirectoryAuditStore.open(directory);
      await stage.auditorWith(store).audit(3, await stage.head(), signal);
      const [kept, ...more] = await store.latestFindings(10);
      expect(more).toEqual([]);
      expect(kept?.evidence).toMatchObject({
        code: "REPORT_FORGED",
        validator: hotkeyFor(validators[2]),
        auditor: hotkeyFor(auditor),
      });
      expect(await checkEvidence(kept?.evidence, tools)).toMatchObject({ kind: "proven" });
      const again = await DirectoryAuditStore.open(directory);
      expect(await again.readRun(3)).toEqual(await store.readRun(3));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test("each run is looked at once, oldest first", async () => {
    const auditing = stage.auditorWith(new MemoryAuditStore());
    const head = await stage.head();
    expect(await auditing.due(head)).toEqual([0, 1, 2, 3]);
    for (const index of await auditing.due(head)) await auditing.audit(index, head, signal);
    expect(await auditing.due(head)).toEqual([]);
  });

  test("weights that may still come are not called missing", async () => {
    const { audit: early } = await audit(3, stage.timesOf(3).revealEnd + 1);
    expect(early.isPending).toBe(true);
    expect(early.findings.map(({ code }) => code)).toEqual(["REPORT_FORGED"]);
  });

  test("a log whose texts were changed is not the one that was anchored", async () => {
    const [first] = stage.nodes;
    if (first === undefined) expect.unreachable();
    const honest = first.storage.read.bind(first.storage);
    first.storage.read = async (from, to) =>
      (await honest(from, to)).map((text) => text.replace('"slot":0', '"slot":1'));
    try {
      const { findings } = (await audit(3)).audit;
      const own = findings.filter(({ validator }) => validator === first.hotkey);
      expect(own.map(({ code }) => code)).toEqual(["LOG_UNAVAILABLE"]);
    } finally {
      first.storage.read = honest;
    }
  });

  test("a validator that is gone is said to be gone, and its peers are judged all the same", async () => {
    const [, second] = stage.nodes;
    await second?.[Symbol.asyncDispose]();
    const { findings, validators: results } = (await audit(1)).audit;
    const codes = findings.map(({ code, validator }) => [code, validator]);
    expect(codes).toEqual([
      ["REPORT_MISSING", second?.hotkey],
      ["LOG_UNAVAILABLE", second?.hotkey],
    ]);
    expect([...results.values()].map(({ weights }) => weights)).toContain("ok");
  });
});

test("a log that was begun anew convicts whoever anchored both", async () => {
  await using stage = await Stage.begin(tools, validators);
  await stage.perform(1);
  await stage.setWeights(1);
  const [first] = stage.nodes;
  await first?.rewrite();
  await stage.perform(3);
  await stage.setWeights(3);
  await stage.advanceTo(stage.timesOf(3).weightsEnd);
  const auditing = stage.auditorWith(new MemoryAuditStore());
  const { findings } = await auditing.audit(3, await stage.head(), signal);
  expect(findings.map(({ evidence }) => [evidence.code, evidence.validator])).toEqual([
    ["LOG_FORKED", first?.hotkey],
  ]);
  expect(await checkEvidence(findings[0]?.evidence, tools)).toMatchObject({ kind: "proven" });
});

test("weights under a time lock are waited for, and compared when it has opened", async () => {
  const alone = readRules({ ...RULES, min_stake_rao: "2500000000000", min_reporters: 1 });
  await using stage = await Stage.begin({ ...tools, rules: alone }, [validators[0]]);
  const changed = await stage.chain.submitCall(keypairFromUri("//Alice"), {
    pallet: "AdminUtils",
    name: "sudo_set_commit_reveal_weights_enabled",
    args: { netuid: NETUID, enabled: true },
  });
  expect(changed.kind).toBe("included");
  await stage.perform(1);
  const [sent] = await stage.setWeights(1);
  expect(sent?.path).toBe("timelocked");

  const auditing = stage.auditorWith(new MemoryAuditStore());
  const early = await auditing.audit(1, await stage.head(), signal);
  expect([early.audit.isPending, early.audit.findings]).toEqual([true, []]);
  await stage.advanceTo((sent?.revealBlock ?? 0) + 10);
  const late = await auditing.audit(1, await stage.head(), signal);
  expect([late.audit.isPending, late.audit.findings]).toEqual([false, []]);
  expect([...late.audit.validators.values()].map(({ weights }) => weights)).toEqual(["ok"]);
});
