import { hotkeyOf, toHex, toMicro } from "@neurond/primitives";
import { CONTAINED, failed, OFFLINE, passed, unknown } from "@neurond/workload";
import { describe, expect, test } from "vitest";
import {
  type Beacon,
  beaconRound,
  SAMPLE_SLOT,
  SampleTask,
  type StoragePlan,
  SWEEP_SLOT,
  seedOfAnyTask,
  storageWorkload,
} from "../src/index.ts";
import { SweepTask } from "../src/sweep/index.ts";
import { identNamed } from "./test-data.ts";
import { MINER, MINERS, World } from "./world.ts";

const world = new World([5000, 70_000]);

describe("tasks", () => {
  test("every miner that holds something gets each slot of the plan", () => {
    const plan = { slots: 3, samples: 20, deadlineMs: 10_000 };
    const assignments = world.workload(plan).sample(world.run);
    expect(assignments.map(({ hotkey, slot }) => [hotkey, slot])).toEqual(
      MINERS.flatMap((miner) => [0, 1, 2].map((slot) => [miner, slot])),
    );
    expect(new Set(assignments.map(({ task }) => String(seedOfAnyTask(task)))).size).toBe(6);
  });

  /** The catalog of the world, with tags for the second shard of one miner. */
  const granted = { ranges: [[1, 1]] as [number, number][], rows: 40_000, largest: 40_000 };
  const [tagged] = MINERS;
  const catalog = {
    ...world.catalog,
    holdingOf: (...[run, miner]: Parameters<typeof world.catalog.holdingOf>) => {
      const holding = world.catalog.holdingOf(run, miner);
      return holding && miner === tagged ? { ...holding, granted } : holding;
    },
  };
  const sweeping = (blocks: number, since: number): StoragePlan => ({
    slots: [SAMPLE_SLOT, SWEEP_SLOT],
    period: { blocks, since, commitment: toHex(identNamed("commitment")) },
  });

  test("a sweep asks for the granted entries, with a deadline that grows with their rows", () => {
    const plan = sweeping(100, 700);
    const tasks = storageWorkload({ catalog, plan }).sample(world.run);
    const own = tasks.filter(({ hotkey }) => hotkey === tagged);
    expect(own.map(({ slot }) => slot)).toEqual([0, 1]);
    expect(SweepTask.parse(own[1]?.task)).toMatchObject({
      budget_rows: 87_382,
      granted: [[1, 1]],
      period_blocks: 100,
      deadline_ms: 5_000 + Math.ceil((40_000 * 12_288) / 100_000),
    });
  });

  test("a miner that took no tags is sampled for two periods, and then asked nothing", () => {
    // The beacon falls at block 750.
    const asked = (blocks: number, since: number) =>
      storageWorkload({ catalog, plan: sweeping(blocks, since) })
        .sample(world.run)
        .filter(({ hotkey }) => hotkey !== tagged)
        .map(({ slot }) => slot);
    expect(asked(100, 551)).toEqual([0]);
    expect(asked(100, 550)).toEqual([]);
  });

  test("a miner that holds nothing is not asked", () => {
    const own = hotkeyOf(MINER.publicKey);
    const catalog = {
      ...world.catalog,
      holdingOf: (...[run, miner]: Parameters<typeof world.catalog.holdingOf>) =>
        miner === own ? null : world.catalog.holdingOf(run, miner),
    };
    const asked = storageWorkload({ catalog }).sample(world.run);
    expect(asked.map(({ hotkey }) => hotkey)).toEqual(MINERS.filter((miner) => miner !== own));
  });

  test("a task is canonical: nothing may be missing, added or out of range", () => {
    const task = world.task();
    expect(SampleTask.safeParse(task).success).toBe(true);
    for (const altered of [
      { ...task, extra: 1 },
      { ...task, samples: 0 },
      { ...task, samples: 1025 },
      { ...task, inventory: { ...task.inventory, total: 2 ** 48 + 1 } },
      { ...task, inventory: { ...task.inventory, count: 0 } },
      { ...task, beacon: { ...task.beacon, kind: 2 } },
      { ...task, beacon: { ...task.beacon, block: 2 ** 32 } },
      { ...task, prev_link: task.prev_link.toUpperCase() },
      { ...task, miner: "nobody" },
    ]) {
      expect(SampleTask.safeParse(altered).success).toBe(false);
    }
  });
});

test("with drand, the round must be the one after the block", async () => {
  const blockSeconds = 1_795_000_000;
  const beacon = (round: number): Beacon => ({
    kind: 1,
    block: 750,
    blockHash: identNamed("block"),
    blockSeconds,
    round,
    signature: new Uint8Array(48).fill(3),
  });
  const right = new World([5000], 7, beacon(beaconRound(blockSeconds)));
  const task = right.task();
  expect(right.workload().verify(task, await right.honestEvidence(task))).toEqual(passed());
  const early = new World([5000], 7, beacon(beaconRound(blockSeconds) - 1));
  const asked = early.task();
  expect(early.workload().verify(asked, await early.honestEvidence(asked))).toEqual(
    unknown("BEACON"),
  );
});

test("a run counts when every settled slot passed, in whatever mode, and else not at all", () => {
  const { score } = world.workload();
  expect(score([passed(), passed()])).toBe(toMicro(1_000_000));
  expect(score([passed(), passed(), failed("SHARD_ROOT")])).toBe(toMicro(0));
  expect(score([passed(), OFFLINE])).toBe(toMicro(0));
  expect(score([passed(), unknown("BEACON"), CONTAINED])).toBe(toMicro(1_000_000));
  expect(score([])).toBe(toMicro(0));
});
