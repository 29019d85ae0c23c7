import { setTimeout as sleep } from "node:timers/promises";
import { recomputeRun } from "@neurond/audit";
import { decodeEntry, type LogEntry, readReportShape, replay } from "@neurond/ledger";
import { type Hotkey, toRunId } from "@neurond/primitives";
import { type Standing, standingOf, statisticsOf } from "@neurond/storage-rules";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fullMiners } from "../src/rewards/live-book.ts";
import { rewardedEntry } from "../src/rewards/rewarded-entry.ts";
import { standingRules } from "../src/rewards/standing-rules.ts";
import type { Node } from "./support/node.ts";
import { type Behaviour, cheat, honest, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, MINERS, type NodeOptions, PLAN, World } from "./support/world.ts";

const VALIDATOR = "//Validator1";
const [quick, slow, lying, gone] = MINERS;
const SLOW_MS = 150;

let world: World;
let node: Node;
const behaviours = new Map<Hotkey, Behaviour>([
  [hotkey(quick), honest],
  [
    hotkey(slow),
    async (number) => {
      await sleep(SLOW_MS);
      return 2 * number;
    },
  ],
  [hotkey(lying), honest],
  [hotkey(gone), honest],
]);

/** The toy under the rewards of storage: what is rewarded is no business of the rule. */
const workloads: NonNullable<NodeOptions["workloads"]> = (deps) =>
  toyWorkload(behaviours)().map((entry) =>
    rewardedEntry(entry, { stores: deps.stores, rules: standingRules(deps.config) }),
  );
const start = () =>
  world.start(VALIDATOR, {
    workloads,
    run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
    rewards: { mode: "sigmoid" },
    options: { "neuron.challenge_failure_reward": -0.5 },
  });

beforeAll(async () => {
  world = await World.begin();
  await world.serveMiners();
  node = await start();
  await node.look();
});
afterAll(() => world[Symbol.asyncDispose]());

const runThrough = (index: number) =>
  world.advanceTo(index * PLAN.blocks + PLAN.beaconLag + 3, [node]);

async function entries(): Promise<readonly LogEntry[]> {
  const { log } = node.validator.stores;
  const texts = await log.read(0, await log.size());
  return texts.map(decodeEntry).filter((entry) => entry !== null);
}

async function standing(index: number): Promise<Standing> {
  const all = await entries();
  const documents = all.filter(
    (entry) => entry.kind === "document" && entry.run_id === `run-${index}`,
  );
  const found = standingOf(documents.filter((entry) => entry.kind === "document"));
  if (found === null) throw new Error(`run ${index} has no standing`);
  return found;
}

async function reported(index: number): Promise<Readonly<Record<string, number>>> {
  const { frozen } = await node.validator.stores.journal.read(index, ["frozen"]);
  const [text = ""] = Object.values(frozen?.reports ?? {});
  const shape = readReportShape(text);
  if (!shape.ok) throw new Error(`run ${index} has no report`);
  return shape.report.scores;
}

describe("a validator that rewards by tier and speed", () => {
  test("gives the quicker of two honest miners more, and a replay of the log the same", async () => {
    await runThrough(2);
    const scores = await reported(1);
    expect(scores[hotkey(quick)]).toBeGreaterThan(scores[hotkey(slow)] ?? 0);
    expect(scores[hotkey(slow)]).toBeGreaterThan(0);
    for (const entry of node.validator.workloads) {
      const all = await entries();
      const replayed = replay({
        runId: toRunId("run-1"),
        observations: all.filter((one) => one.kind === "observation"),
        documents: all.filter((one) => one.kind === "document"),
        workloads: [entry.workload],
        reported: new Map([[entry.family, { scores }]]),
      });
      expect(replayed.differences).toEqual([]);
    }
  });

  test("keeps what it knows when it starts again, and lowers who fails", async () => {
    const before = await standing(2);
    await node.crash();
    node = await start();
    behaviours.set(hotkey(lying), cheat);
    await runThrough(4);
    const [honestly, after] = [await standing(3), await standing(4)];
    expect(after.log).toBeGreaterThan(before.log);
    expect(before.book.scores.get(hotkey(lying))).toBeGreaterThan(0);
    expect(honestly.book.scores.get(hotkey(lying))).toBeGreaterThan(
      before.book.scores.get(hotkey(lying)) ?? 0,
    );
    expect(after.book.scores.get(hotkey(lying))).toBeLessThan(
      honestly.book.scores.get(hotkey(lying)) ?? 0,
    );
    expect(after.book.scores.get(hotkey(quick))).toBeGreaterThan(
      honestly.book.scores.get(hotkey(quick)) ?? 0,
    );
    const { counters } = statisticsOf(after.book, hotkey(lying));
    expect(counters.challenge.attempts - counters.challenge.successes).toBe(1);
    expect((await reported(3))[hotkey(lying)]).toBeLessThan(
      (await reported(2))[hotkey(lying)] ?? 0,
    );
  });

  test("states no rows of which others could not compute the scores", async () => {
    const { workload } = node.validator.workloads[0] ?? {};
    if (workload === undefined) throw new Error("nothing is paid for");
    const run = { run_id: "run-1", workload: workload.name, min_tasks: 1 };
    expect(recomputeRun(hotkey(VALIDATOR), run, [], [workload]).kind).toBe("scores");
  });

  test("takes nobody for full that its tier has room for, and everybody whose limit is passed", async () => {
    const { identity, stores } = node.validator;
    const held = new Map([
      [hotkey(quick), 2n ** 40n - 100n],
      [hotkey(slow), 5n],
    ]);
    const shards = { ...stores.shards, heldBytes: async () => held };
    const deps = {
      identity,
      stores: { ...stores, shards },
      workload: "toy/1",
      head: () => node.validator.chain.status().best?.number ?? 0,
    };
    const signal = AbortSignal.timeout(5_000);
    const full = fullMiners(deps as Parameters<typeof fullMiners>[0], 101);
    expect([...(await full(signal))]).toEqual([hotkey(quick)]);
    const roomy = fullMiners(deps as Parameters<typeof fullMiners>[0], 100);
    expect([...(await roomy(signal))]).toEqual([]);
  });
});
