import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditedStorage, checkEvidence } from "@neurond/audit";
import { type Keypair, keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { signReport } from "@neurond/ledger";
import { hotkeyOf } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { putFile, ValidatorNetwork } from "@neurond/storage-client";
import { ownerKey } from "@neurond/workload-storage/file";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Node } from "../../validator/test/support/node.ts";
import { RealMiner } from "../../validator/test/support/real-miner.ts";
import {
  hotkey,
  key,
  MINERS,
  NETUID,
  PLAN,
  VALIDATORS,
  World,
} from "../../validator/test/support/world.ts";
import { Config, type RunningAuditor, startAuditor } from "../src/index.ts";

const LIAR = VALIDATORS[2];
const client = keypairFromUri("//Client");

let world: World;
let directory: string;
let auditor: RunningAuditor;
const stop = new AbortController();
let following: Promise<void> = Promise.resolve();
const nodes: Node[] = [];
const miners: RealMiner[] = [];

/** Stores a small file with every miner through one validator, as `neurond store put` does. */
async function store(node: Node, uri: string): Promise<void> {
  const path = join(directory, uri.slice(2));
  await writeFile(path, randomBytes(50_000));
  await putFile({
    source: path,
    name: "file",
    rs: [1, MINERS.length],
    owner: hotkeyOf(client.publicKey),
    ownerKey: ownerKey(new Uint8Array(32).fill(7)),
    sign: (digest) => client.sign(digest),
    network: new ValidatorNetwork({ url: new URL(node.url), hotkey: hotkey(uri), key: client }),
  });
}

beforeAll(async () => {
  world = await World.begin();
  directory = await mkdtemp(join(tmpdir(), "neurond-auditor-"));
  for (const uri of MINERS) miners.push(await RealMiner.start(world, uri));
  const lie = (signer: Keypair): Parameters<World["start"]>[1] => ({
    signScores: ({ scores, ...input }) => {
      return signReport({ ...input, scores: new Map([...scores, [hotkey(MINERS[1]), 0]]) }, signer);
    },
  });
  for (const uri of VALIDATORS) {
    const node = await world.start(uri, uri === LIAR ? lie(key(LIAR)) : {});
    nodes.push(node);
    await node.announce();
    await node.look();
  }
  for (const [at, node] of nodes.entries()) await store(node, VALIDATORS[at] ?? LIAR);
  const config = Config.parse({
    netuid: NETUID,
    http: { port: 0 },
    run: { ...PLAN, beaconKind: "chain", minStakeTao: "500" },
    audit: { directory: join(directory, "audit"), marginBlocks: 4, lookAgainBlocks: 4 },
    fetch: { allowPrivate: true },
  });
  const log = createLogger("auditor", process.env["TEST_LOG"] === undefined ? "fatal" : "debug");
  auditor = await startAuditor({ config, chain: world.chain, signer: key("//Auditor"), log });
  following = auditor.follow(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
}, 60_000);

afterAll(async () => {
  stop.abort();
  await following;
  await auditor?.[Symbol.asyncDispose]();
  for (const miner of miners) await miner[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

interface RunAnswer {
  readonly statement?: { readonly validators: readonly { readonly weights: string }[] };
  readonly pending?: boolean;
}
interface FindingsAnswer {
  readonly findings: readonly { readonly run_id: string; readonly name: string }[];
}

async function json<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(new URL(path, auditor.url))).json()) as Answer;
}

test("of three real validators the liar is named, and nobody else", async () => {
  const first = 1 + Math.floor((await world.head()) / PLAN.blocks);
  await world.advanceTo((first + 2) * PLAN.blocks + PLAN.revealWindow + 12, nodes);
  const deadline = Date.now() + 20_000;
  let run = await json<RunAnswer>(`/v1/runs/run-${first}`);
  while ((run.statement === undefined || run.pending) && Date.now() < deadline) {
    await world.net.newBlocks(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    run = await json<RunAnswer>(`/v1/runs/run-${first}`);
  }
  const { findings } = await json<FindingsAnswer>("/v1/findings");
  const ofRun = findings.filter(({ run_id }) => run_id === `run-${first}`);
  expect(ofRun).toMatchObject([{ code: "REPORT_FORGED", validator: hotkey(LIAR) }]);
  expect(run.statement?.validators.map(({ weights }) => weights)).toEqual(["ok", "ok", "ok"]);
  const evidence = await json(`/v1/findings/${ofRun[0]?.name}`);
  const judge = { workloads: [auditedStorage()], verify: verifySr25519Fast };
  expect(await checkEvidence(evidence, judge)).toMatchObject({ kind: "proven" });
}, 100_000);
