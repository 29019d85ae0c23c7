import { setTimeout as sleep } from "node:timers/promises";
import { exportedRow, recomputeRun } from "@neurond/audit";
import { decodeEntry, type LogEntry, readReportShape, replay } from "@neurond/ledger";
import { type Hotkey, toRunId } from "@neurond/primitives";
import { type Standing, StandingReplay, standingOf, statisticsOf } from "@neurond/storage-rules";
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
/** Hotkeys that the chain does not show, as if they had been replaced. */
const hidden = new Set<Hotkey>();
const chainOf = ({ chain }: World) =>
  new Proxy(chain, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "metagraph") return value.bind(target);
      return async (...given: Parameters<typeof chain.metagraph>) => {
        const metagraph = await target.metagraph(...given);
        const neurons = metagraph.neurons.filter((neuron) => !hidden.has(neuron.hotkey));
        return { ...metagraph, neurons };
      };
    },
  });
const start = () =>
  world.start(VALIDATOR, {
    chain: chainOf(world),
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

  test("lets a hotkey that was replaced begin at zero when it comes back", async () => {
    const before = await standing(4);
    expect(before.book.scores.get(hotkey(gone))).toBeGreaterThan(0);
    hidden.add(hotkey(gone));
    await runThrough(5);
    hidden.clear();
    await runThrough(6);
    const [without, back] = [await standing(5), await standing(6)];
    expect(without.book.scores.has(hotkey(gone))).toBe(false);
    expect(back.registered).toContain(hotkey(gone));
    expect(back.book.scores.has(hotkey(gone))).toBe(false);
    await runThrough(7);
    const first = (await reported(6))[hotkey(gone)] ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan((await reported(4))[hotkey(gone)] ?? 0);
  });

  test("states what its scores follow from, so that its rows come to the same integers", async () => {
    const { workload } = node.validator.workloads[0] ?? {};
    if (workload === undefined) throw new Error("nothing is paid for");
    const all = await entries();
    const documents = all.filter((one) => one.kind === "document" && one.run_id === "run-3");
    const stated = workload.settlement?.(documents.filter((one) => one.kind === "document"));
    const rows = all
      .filter((one) => one.kind === "observation")
      .map((one, logIndex) =>
        exportedRow(one, { logIndex, recordedAt: 0, uid: 0, instanceId: "instance" }),
      );
    const run = {
      run_id: "run-3",
      workload: workload.name,
      min_tasks: 1,
      documents: [...(stated?.documents ?? [])],
    };
    const recomputed = recomputeRun(hotkey(VALIDATOR), run, rows, [workload]);
    expect(recomputed.kind === "scores" && Object.fromEntries(recomputed.scores)).toEqual(
      await reported(3),
    );
  });

  test("logs standings of which each follows from the one before", async () => {
    const replayed = new StandingReplay("toy/1");
    for (const [at, entry] of (await entries()).entries()) {
      const isSeen = entry.kind === "document" || entry.kind === "observation";
      if (isSeen) expect(replayed.take(at, entry)).toBeNull();
    }
    expect(replayed.checked).toBe(8);
  });

  test("takes for full whose tier has no room, or who holds as many shards as are listed", async () => {
    const { identity, stores } = node.validator;
    const owed = new Map([
      [hotkey(quick), { bytes: 2n ** 40n - 100n, shards: 2 }],
      [hotkey(slow), { bytes: 5n, shards: 5 }],
    ]);
    const shards = { ...stores.shards, owed: async () => owed };
    const deps = {
      identity,
      stores: { ...stores, shards },
      workload: "toy/1",
      head: () => node.validator.chain.status().best?.number ?? 0,
    };
    const signal = AbortSignal.timeout(5_000);
    const full = (roomBytes: number, maxShards: number) =>
      fullMiners(deps as Parameters<typeof fullMiners>[0], { roomBytes, maxShards })(signal);
    expect([...(await full(101, 6))]).toEqual([hotkey(quick)]);
    expect([...(await full(100, 6))]).toEqual([]);
    expect([...(await full(100, 5))]).toEqual([hotkey(slow)]);
  });
});
