import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as audit from "@neurond/audit";
import { Auditor, DEFAULT_MANNERS, MemoryAuditStore } from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";
import { decodeEntry, type Observation, replay, type SignedReport } from "@neurond/ledger";
import type * as miner from "@neurond/miner";
import { type Hex, toRunId } from "@neurond/primitives";
import { createLogger, loadConfig } from "@neurond/runtime";
import { testDatabase } from "@neurond/testing";
import { ShardStore } from "@neurond/workload-storage/io";
import { afterAll, describe, expect, test } from "vitest";
import type * as validator from "../src/index.ts";
import { Followed } from "./support/follow-document.ts";
import { Node } from "./support/node.ts";
import { HOST, hotkey, key, MINERS, NETUID, PLAN, VALIDATORS, World } from "./support/world.ts";

const copy = await Followed.follow("docs/add-a-workload.md");
afterAll(() => copy[Symbol.asyncDispose]());
const [HONEST, CHEAT] = MINERS;

/** What the document's code says of the work. */
interface Rules {
  readonly answerBytes: (task: unknown, digest: Hex) => Uint8Array;
}

describe("its own test", () => import(copy.path("packages/workload-digest/test/rules.test.ts")));

test("everything in it type-checks, and its rules without Node", async () => {
  expect(await copy.typeErrors(["packages/workload-digest/src"], [])).toBe("");
  expect(await copy.typeErrors(["packages", "apps"], ["node"])).toBe("");
}, 120_000);

describe("the daemons with it", () => {
  const log = createLogger("followed", process.env["TEST_LOG"] === undefined ? "fatal" : "debug");

  test("pay who works, not who cheats, and an auditor agrees", async () => {
    const v: typeof validator = await import(copy.path("apps/validator/src/index.ts"));
    const m: typeof miner = await import(copy.path("apps/miner/src/index.ts"));
    const a: typeof audit = await import(copy.path("packages/audit/src/index.ts"));
    await using resources = new AsyncDisposableStack();
    const world = resources.use(await World.begin());
    const directory = await mkdtemp(join(tmpdir(), "neurond-followed-"));
    resources.defer(() => rm(directory, { recursive: true, force: true }));

    const nodes: Node[] = [];
    for (const uri of VALIDATORS) {
      const database = resources.use(await testDatabase());
      const file = copy.path("config/validator.yaml");
      const base = loadConfig(v.Config, { prefix: v.PREFIX, environment: {}, file });
      const config = v.Config.parse({
        ...{ netuid: NETUID, digest: "digest" in base ? base.digest : undefined },
        http: { host: HOST, port: 0, requestsPerMinute: 100_000, verifyWorkers: 0 },
        axon: { externalIp: HOST },
        run: { ...PLAN, beaconKind: "chain", minStakeTao: "500" },
        gossip: { allowPrivatePeers: true, timeoutSeconds: 2 },
        record: { archiveDirectory: join(directory, uri.slice(2)) },
      });
      const parts = { config, signer: key(uri), chain: world.chain, database, log };
      const node = resources.use(new Node(await v.startValidator(parts), world.chain));
      await node.announce();
      nodes.push(node);
    }

    const shards = await ShardStore.open({ directory: join(directory, "shards"), reserveBytes: 0 });
    const config = m.Config.parse({
      netuid: NETUID,
      http: { host: HOST, port: 0 },
      axon: { externalIp: HOST },
      storage: { directory: join(directory, "shards"), keepFreeBytes: 0 },
    });
    const parts = { config, chain: world.chain, signer: key(HONEST), shards, version: "0", log };
    const honest = resources.use(await m.startMiner(parts));
    const stop = new AbortController();
    const following = honest.follow(stop.signal).catch(() => stop.signal.throwIfAborted());
    resources.defer(async () => {
      stop.abort();
      await following.catch(() => undefined);
    });
    const cheat = resources.use(await cheatingMiner());
    await world.serveMiners([CHEAT], cheat.port);

    await world.advanceTo(2 * PLAN.blocks + PLAN.revealWindow + 2, nodes);

    const [first] = nodes;
    if (first === undefined) expect.unreachable();
    const report = await fetch(`${first.url}/v1/consensus/scores/run-1?family_id=digest-1`);
    const { scores, task_counts } = (await report.json()) as SignedReport;
    expect(scores).toMatchObject({ [hotkey(HONEST)]: 1_000_000, [hotkey(CHEAT)]: 0 });

    const workloads = a.auditedWorkloads();
    const entries = (await first.validator.stores.log.read(0, 10_000)).map(decodeEntry);
    const observations = entries.filter((e): e is Observation => e?.kind === "observation");
    const replayed = replay({
      runId: toRunId("run-1"),
      observations,
      workloads: workloads.map(({ workload }) => workload),
      reported: new Map([[a.auditedWorkloads()[1]?.family ?? expect.unreachable(), { scores, task_counts }]]),
    });
    expect(replayed.differences).toEqual([]);
    expect(replayed.outcomes).toContainEqual({ kind: "failed", reason: "DIGEST_WRONG" });

    const run = a.RunConfig.parse({ ...PLAN, beaconKind: "chain", minStakeTao: "500" });
    const rules = a.rulesFrom(run, workloads.map(({ family }) => family));
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
    const audited = await auditor.audit(1, await world.chain.head(), new AbortController().signal);
    expect(audited.audit.findings).toEqual([]);
  }, 120_000);
});

/** Signs what it answers, like the honest one, but never does the work. */
async function cheatingMiner(): Promise<AsyncDisposable & { readonly port: number }> {
  const { answerBytes }: Rules = await import(copy.path("packages/workload-digest/src/index.ts"));
  const digest: Hex = `0x${"00".repeat(32)}`;
  const server = createServer(async (request, response) => {
    const task: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const signature = key(CHEAT).sign(answerBytes(task, digest));
    response.end(Buffer.concat([signature, Buffer.alloc(32)]));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, HOST, resolve);
  await promise;
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
