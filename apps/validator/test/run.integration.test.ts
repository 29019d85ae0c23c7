import type { SignedReport } from "@neurond/ledger";
import { afterEach, describe, expect, test } from "vitest";
import type { Node } from "./support/node.ts";
import { cheat, honest, silent, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, MINERS, NETUID, PLAN, VALIDATORS, World } from "./support/world.ts";

let world: World;
afterEach(() => world[Symbol.asyncDispose]());

const behaviours = new Map([
  [hotkey(MINERS[0]), honest],
  [hotkey(MINERS[1]), honest],
  [hotkey(MINERS[2]), cheat],
  [hotkey(MINERS[3]), silent],
]);
const workloads = toyWorkload(behaviours);

/** Three validators that have told the chain where they are; miners at addresses nobody dials. */
async function threeValidators(): Promise<readonly Node[]> {
  const nodes: Node[] = [];
  for (const uri of VALIDATORS) nodes.push(await world.start(uri, { workloads }));
  for (const node of nodes) await node.announce();
  await world.serveMiners();
  return nodes;
}

const rowOf = async (uid: number) =>
  (await world.chain.weights({ netuid: NETUID })).find((row) => row.uid === uid)?.weights;

describe("a run of three validators", () => {
  test("ends in equal weights on chain, and the cheats have none", async () => {
    world = await World.begin();
    const nodes = await threeValidators();
    await world.advanceTo(2 * PLAN.blocks + PLAN.revealWindow + 2, nodes);
    const expected = [
      { uid: 4, value: 65_535 },
      { uid: 5, value: 65_535 },
    ];
    for (const uid of [1, 2, 3]) expect(await rowOf(uid)).toEqual(expected);
    const report = await fetch(`${nodes[0]?.url}/v1/consensus/scores/run-1`);
    const { scores } = (await report.json()) as SignedReport;
    expect(scores[hotkey(MINERS[0])]).toBe(1_000_000);
    expect(scores[hotkey(MINERS[2])]).toBe(0);
    expect(scores[hotkey(MINERS[3])]).toBe(0);
  });
});
