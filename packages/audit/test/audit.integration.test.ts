import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditedStorage, checkEvidence, readRules, timesOf } from "@neurond/audit";
import { Auditor, DEFAULT_MANNERS, DirectoryAuditStore, MemoryAuditStore } from "@neurond/audit/io";
import { type Chain, connectChain } from "@neurond/chain";
import { verifySr25519Fast } from "@neurond/crypto";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { fromHex, type Hotkey, toBlockNumber } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditor, hotkeyFor, miners, validators } from "./people.ts";
import { NETUID, TinyValidator } from "./tiny-validator.ts";
import { RULES } from "./world.ts";

const rules = readRules({ ...RULES, min_stake_rao: "1000000000000" });
const tools = { rules, workloads: [auditedStorage()], verify: verifySr25519Fast };
const manners = { ...DEFAULT_MANNERS, allowPrivate: true };
const run = (index: number) => timesOf(index, rules.text);
const { signal } = new AbortController();

describe("three validators on a chain, the third lying in the second run", () => {
  let devnet: Devnet;
  let chain: Chain;
  const nodes: TinyValidator[] = [];

  const headOf = async () => (await chain.head()).number;
  const advanceTo = async (block: number) => {
    const left = block - (await headOf());
    if (left > 0) await devnet.newBlocks(left);
  };

  /** Everything the validators of one run do, honestly but for lies and `row`. */
  async function perform(index: number, scores: ReadonlyMap<Hotkey, bigint>): Promise<void> {
    const times = run(index);
    await advanceTo(times.start);
    for (const node of nodes) await node.open(times, miners);
    await advanceTo(times.beacon);
    const hash = await chain.blockHash(times.beacon);
    if (hash === undefined) throw new Error("the beacon block is there");
    const beacon = { kind: 0, block: times.beacon, blockHash: fromHex(hash) } as const;
    for (const node of nodes) await node.probe(times, beacon, miners, miners.slice(0, 2));
    await advanceTo(times.close);
    for (const node of nodes) await node.close(times);
    await advanceTo(times.revealEnd);
    for (const { key } of nodes) {
      const sent = await chain.submitWeights(key, {
        netuid: NETUID,
        scores,
        scoredAt: times.close,
      });
      if (sent.submission.kind !== "included") throw new Error(JSON.stringify(sent.submission));
    }
  }

  function auditorWith(store: MemoryAuditStore | DirectoryAuditStore): Auditor {
    return new Auditor({
      chain,
      netuid: NETUID,
      tools,
      manners,
      store,
      signer: auditor,
      marginBlocks: 4,
      historyRuns: 10,
      catchUpRuns: 5,
      now: () => Date.now(),
    });
  }

  beforeAll(async () => {
    devnet = await startDevnet({ mode: "instant", preset: "subnet" });
    chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
    for (const key of validators) nodes.push(await TinyValidator.start(key, chain));
    const [m0, m1] = miners.map(hotkeyFor) as [Hotkey, Hotkey];
    const due = new Map([
      [m0, 1n],
      [m1, 1n],
    ]);
    await perform(1, due);
    const [, , liar] = nodes;
    if (liar !== undefined) liar.lie = (scores) => new Map([...scores, [m0, 0]]);
    await perform(3, due);
    await advanceTo(run(3).weightsEnd);
  }, 120_000);

  afterAll(async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]();
    await chain?.[Symbol.asyncDispose]();
    await devnet?.close();
  });

  test("an honest run has no finding, and its row is the one recomputed", async () => {
    const found = await auditorWith(new MemoryAuditStore()).audit(1, await headOf(), signal);
    expect(found.audit.findings).toEqual([]);
    expect([...found.audit.validators.values()].map(({ weights }) => weights)).toEqual([
      "ok",
      "ok",
      "ok",
    ]);
    expect(found.audit.agreement.weights?.map(([, value]) => value)).toEqual([65_535, 65_535]);
  });

  test("the liar is named, by evidence that stands by itself in a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "neurond-audit-"));
    try {
      const store = await DirectoryAuditStore.open(directory);
      await auditorWith(store).audit(3, await headOf(), signal);
      const [kept, ...more] = await store.latestFindings(10);
      expect(more).toEqual([]);
      expect(kept?.evidence).toMatchObject({
        code: "REPORT_FORGED",
        validator: hotkeyFor(validators[2]),
        auditor: hotkeyFor(auditor),
      });
      const verdict = await checkEvidence(kept?.evidence, tools);
      expect(verdict).toMatchObject({ kind: "proven" });
      const again = await DirectoryAuditStore.open(directory);
      expect(await again.readRun(3)).toEqual(await store.readRun(3));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test("a run that nobody took part in is told so, and runs are looked at once", async () => {
    const auditing = auditorWith(new MemoryAuditStore());
    const head = await headOf();
    expect(await auditing.due(head)).toEqual([0, 1, 2, 3]);
    for (const index of await auditing.due(head)) await auditing.audit(index, head, signal);
    expect(await auditing.due(head)).toEqual([]);
  });

  test("weights that may still come are not called missing", async () => {
    const early = toBlockNumber(run(3).revealEnd + 1);
    const { audit } = await auditorWith(new MemoryAuditStore()).audit(3, early, signal);
    expect(audit.isPending).toBe(true);
    expect(audit.findings.map(({ code }) => code)).toEqual(["REPORT_FORGED"]);
  });

  test("a rewritten log is a fork, whoever asks", async () => {
    const [first] = nodes;
    if (first === undefined) expect.unreachable();
    const honest = first.storage.read.bind(first.storage);
    first.storage.read = async (from, to) =>
      (await honest(from, to)).map((text) => text.replace('"slot":0', '"slot":1'));
    try {
      const { audit } = await auditorWith(new MemoryAuditStore()).audit(3, await headOf(), signal);
      const codes = audit.findings.filter(({ validator }) => validator === first.hotkey);
      expect(codes.map(({ code }) => code)).toEqual(["LOG_UNAVAILABLE"]);
    } finally {
      first.storage.read = honest;
    }
  });
});
