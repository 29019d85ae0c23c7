import { decodeEntry, parseCommitment } from "@neurond/ledger";
import { toBlockNumber } from "@neurond/primitives";
import { expect } from "vitest";
import { textsOf } from "../../src/scan-commitments.ts";
import { Killed, KillSwitch } from "./kill.ts";
import type { Node } from "./node.ts";
import { honest, toyWorkload } from "./toy-workload.ts";
import { hotkey, MINERS, NETUID, PLAN, World } from "./world.ts";

const ALONE = "//Validator1";
const RUNS = 4;

/** A sequence that is the same every time: a failure can be looked at again. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

/** Its only eligible validator, so that it agrees with itself. */
const start = (world: World): Promise<Node> =>
  world.start(ALONE, {
    workloads: toyWorkload(new Map(MINERS.map((miner) => [hotkey(miner), honest]))),
    run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
  });

/** What the chain shows that the validator committed to, by run. */
async function commitments(world: World): Promise<Map<string, Set<string>>> {
  const seen = new Map<string, Set<string>>();
  const range = { from: toBlockNumber(1), to: toBlockNumber(await world.head()), netuid: NETUID };
  for await (const found of world.chain.scanCommitments(range)) {
    const { scores } = parseCommitment(textsOf(found.fields));
    if (scores === undefined) continue;
    seen.set(scores.runId, (seen.get(scores.runId) ?? new Set()).add(scores.hash));
  }
  return seen;
}

async function logged(node: Node) {
  const { log } = node.validator.stores;
  const texts = await log.read(0, await log.size());
  return texts.map(decodeEntry).filter((entry) => entry !== null);
}

/** Looks until one look ends; dies at the call of this number in the first, when it gets so far. */
async function lookKilledAt(world: World, node: Node, call: number): Promise<[Node, boolean]> {
  node.dieBy(new KillSwitch(call, true));
  try {
    await node.look();
    node.spare();
    return [node, false];
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    await node.crash();
  }
  const next = await start(world);
  await next.look();
  return [next, true];
}

/**
 * Kills a validator after the first of its calls in a block that closes a run and opens the next, and
 * after every so manieth behind it, each in a run of its own; it must do each thing once.
 */
export async function killAfterCalls(every: number): Promise<void> {
  await using world = await World.begin();
  await world.serveMiners();
  let node = await start(world);
  let isKilled = true;
  let kills = 0;
  for (let call = 1; isKilled; call += every) {
    const head = await world.head();
    await world.net.newBlocks(PLAN.blocks - (head % PLAN.blocks));
    [node, isKilled] = await lookKilledAt(world, node, call);
    if (isKilled) kills += 1;
    // Probed, so that there is something to settle.
    await world.net.newBlocks(PLAN.beaconLag);
    await node.look();
  }
  expect(kills * every).toBeGreaterThan(20);
  const entries = await logged(node);
  const facts = entries.map((entry) =>
    entry.kind === "document"
      ? `${entry.run_id} ${entry.type} ${entry.miner}`
      : `${entry.run_id} ${entry.miner} ${entry.slot}`,
  );
  expect(new Set(facts).size).toBe(facts.length);
  // Miners that earned a permit meanwhile are asked to the last.
  const runs = new Set(entries.map(({ run_id }) => run_id));
  for (const uri of MINERS) {
    const plans = entries.filter(({ kind, miner }) => kind === "document" && miner === hotkey(uri));
    expect(plans).toHaveLength(runs.size);
  }
  const committed = await commitments(world);
  expect(committed.size).toBeGreaterThan(20 / every);
  for (const hashes of committed.values()) expect(hashes.size).toBe(1);
}

/**
 * Kills a validator again and again at any call, by a seed: it must report each run once, lose
 * nothing, ask again for nothing settled, and set weights.
 */
export async function killAtRandom(seed: number): Promise<void> {
  await using world = await World.begin();
  await world.serveMiners();
  const random = numbers(seed);
  const next = (below: number) => Math.floor((random.next().value ?? 0) * below);
  let node = await start(world);
  let kills = 0;
  const arm = () => node.dieBy(new KillSwitch(1 + next(45), next(2) === 1));
  arm();
  const end = RUNS * PLAN.blocks + PLAN.revealWindow + 1;
  while ((await world.head()) < end) {
    await world.net.newBlocks(1);
    for (let looked = false; !looked; ) {
      try {
        await node.look();
        looked = true;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        await node.crash();
        kills += 1;
        node = await start(world);
        // Somebody who dies at every call gets nowhere; this one lives through a block in between.
        if (kills % 2 === 1) arm();
      }
    }
    if (next(3) === 0) arm();
  }
  expect(kills).toBeGreaterThan(20);
  node.spare();

  const committed = await commitments(world);
  expect([...committed.keys()].length).toBeGreaterThanOrEqual(RUNS - 1);
  for (const hashes of committed.values()) expect(hashes.size).toBe(1);

  const entries = await logged(node);
  const observed = entries.flatMap((entry) =>
    entry.kind === "observation" && entry.outcome.kind !== "unknown"
      ? [`${entry.run_id} ${entry.miner}`]
      : [],
  );
  expect(new Set(observed).size).toBe(observed.length);
  const plans = entries.flatMap((entry) =>
    entry.kind === "document" ? [`${entry.run_id} ${entry.miner}`] : [],
  );
  expect(new Set(plans).size).toBe(plans.length);

  const rows = await world.chain.weights({ netuid: NETUID });
  const row = rows.find(({ uid }) => uid === 1)?.weights.map(({ uid }) => uid);
  expect(row).toEqual([4, 5, 6, 7]);
}
