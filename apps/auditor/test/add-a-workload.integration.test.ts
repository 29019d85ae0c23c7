import { createServer } from "node:http";
import type * as audit from "@neurond/audit";
import { Auditor, DEFAULT_MANNERS, MemoryAuditStore } from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";
import {
  decodeEntry,
  type Observation,
  replay,
  type SignedReport,
  toFamilyId,
} from "@neurond/ledger";
import type * as miner from "@neurond/miner";
import { type Hex, toRunId } from "@neurond/primitives";
import type * as validator from "@neurond/validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Node } from "../../validator/test/support/node.ts";
import { RealMiner } from "../../validator/test/support/real-miner.ts";
import {
  HOST,
  hotkey,
  key,
  MINERS,
  NETUID,
  PLAN,
  VALIDATORS,
  World,
} from "../../validator/test/support/world.ts";
import { Followed, OWN } from "./follow-document.ts";

const copy = await Followed.follow("docs/add-a-workload.md");
afterAll(() => copy[Symbol.asyncDispose]());

describe("its own test", async () => {
  try {
    await import(copy.path("packages/workload-digest/test/rules.test.ts"));
  } catch (error) {
    // Nothing is run then, not even what comes after all.
    await copy[Symbol.asyncDispose]();
    throw error;
  }
});

test("the rules type-check without Node, and everything with it", async () => {
  expect(await copy.typeErrors(["packages/workload-digest/src"], [])).toBe("");
  expect(await copy.typeErrors(OWN, ["node"])).toBe("");
}, 120_000);

describe("a run of the changed daemons", () => {
  const [HONEST, CHEAT] = MINERS;
  const FAMILY = toFamilyId("digest-1");
  const resources = new AsyncDisposableStack();
  const nodes: Node[] = [];
  let world: World;
  let judging: typeof audit;

  beforeAll(async () => {
    judging = await import(copy.path("packages/audit/src/index.ts"));
    const code: typeof validator = await import(copy.path("apps/validator/src/index.ts"));
    const mining: typeof miner = await import(copy.path("apps/miner/src/index.ts"));
    world = resources.use(await World.begin());
    for (const uri of VALIDATORS) nodes.push(await world.start(uri, { code }));
    for (const node of nodes) await node.announce();
    resources.use(await RealMiner.start(world, HONEST, mining));
    const cheat = resources.use(await cheatingMiner(CHEAT));
    await world.serveMiners([CHEAT], cheat.port);
    await world.advanceTo(2 * PLAN.blocks + PLAN.revealWindow + 2, nodes);
  }, 120_000);
  afterAll(() => resources.disposeAsync());

  async function reportOf(node: Node | undefined): Promise<SignedReport> {
    const response = await fetch(`${node?.url}/v1/consensus/scores/run-1?family_id=${FAMILY}`);
    return (await response.json()) as SignedReport;
  }

  test("ends in reports and weights that pay who worked, and nobody who cheated", async () => {
    for (const node of nodes) {
      const { scores } = await reportOf(node);
      expect(scores[hotkey(HONEST)]).toBe(1_000_000);
      expect(scores[hotkey(CHEAT)]).toBe(0);
    }
    const rows = await world.chain.weights({ netuid: NETUID });
    // Nobody stored anything: that half of the weights burns.
    const due = [
      { uid: 0, value: 65_535 },
      { uid: 4, value: 65_535 },
    ];
    expect(rows.filter(({ uid }) => uid <= 3).map(({ weights }) => weights)).toEqual([
      due,
      due,
      due,
    ]);
  });

  test("is replayed from the record to the same verdicts and scores", async () => {
    const [node] = nodes;
    const texts = (await node?.validator.stores.log.read(0, 10_000)) ?? [];
    const observations = texts
      .map(decodeEntry)
      .filter((entry): entry is Observation => entry?.kind === "observation");
    const { differences, outcomes } = replay({
      runId: toRunId("run-1"),
      observations,
      workloads: judging.auditedWorkloads().map(({ workload }) => workload),
      reported: new Map([[FAMILY, await reportOf(node)]]),
    });
    expect(differences).toEqual([]);
    expect(outcomes.map((o) => ("reason" in o ? o.reason : o.kind)).sort()).toEqual([
      "DIGEST_WRONG",
      "offline",
      "offline",
      "passed",
    ]);
  });

  test("has no finding of an auditor that knows the workload, and wrong weights to one that does not", async () => {
    const codesOf = async (workloads: readonly audit.AuditedWorkload[]) => {
      const settings = { ...PLAN, beaconKind: "chain", minStakeTao: "500" };
      const families = workloads.map(({ family }) => family);
      const rules = judging.rulesFrom(judging.RunConfig.parse(settings), families);
      const auditor = new Auditor({
        chain: world.chain,
        netuid: NETUID,
        tools: { rules, workloads, verify: verifySr25519Fast },
        manners: { ...DEFAULT_MANNERS, allowPrivate: true },
        store: new MemoryAuditStore(),
        signer: null,
        marginBlocks: 1,
        historyRuns: 1,
        catchUpRuns: 1,
        now: Date.now,
      });
      const { number } = await world.chain.head();
      const { audit } = await auditor.audit(1, number, new AbortController().signal);
      return audit.findings.map(({ code }) => code);
    };
    const [storage, ...added] = judging.auditedWorkloads();
    if (storage === undefined) expect.unreachable();
    expect(await codesOf([storage, ...added])).toEqual([]);
    expect(await codesOf([storage])).toContain("WEIGHTS_MISMATCH");
  });
});

/** A miner that signs what it answers, as the honest one does, but never does the work. */
async function cheatingMiner(uri: string): Promise<AsyncDisposable & { readonly port: number }> {
  const rules = await import(copy.path("packages/workload-digest/src/index.ts"));
  const digest: Hex = `0x${"00".repeat(32)}`;
  const server = createServer(async (request, response) => {
    const task: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const signature = key(uri).sign(rules.toSign(task, digest));
    response.end(Buffer.concat([signature, Buffer.alloc(32)]));
  });
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has a port");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
