import { checkEvidence, type Evidence } from "@neurond/consensus";
import { verifySr25519Fast } from "@neurond/crypto";
import { afterEach, describe, expect, test } from "vitest";
import { Liar } from "./support/liar.ts";
import type { Node } from "./support/node.ts";
import { type Behaviour, cheat, honest, silent, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, MINERS, NETUID, PLAN, World } from "./support/world.ts";

const resources: AsyncDisposable[] = [];
let world: World;
afterEach(async () => {
  for (const resource of resources.splice(0)) await resource[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Where everything about a run has been decided. */
const decided = (run: number) => (run + 1) * PLAN.blocks + PLAN.revealWindow + 1;
/** The first block of the reveal, and of the commit phase. */
const revealed = (run: number) => (run + 1) * PLAN.blocks + PLAN.commitWindow;

/** The first run that everybody sees from its first block. */
const RUN = 1;

const all = (behaviour: Behaviour) =>
  new Map(MINERS.map((uri) => [hotkey(uri), behaviour] as const));

async function begin(
  uris: readonly string[],
  behaviours: ReadonlyMap<ReturnType<typeof hotkey>, Behaviour>,
  run: object = {},
): Promise<readonly Node[]> {
  world = await World.begin();
  const workloads = toyWorkload(behaviours);
  const nodes: Node[] = [];
  for (const uri of uris) nodes.push(await world.start(uri, { workloads, run }));
  for (const node of nodes) await node.announce();
  await world.serveMiners();
  return nodes;
}

const rowOf = async (uid: number) =>
  (await world.chain.weights({ netuid: NETUID })).find((row) => row.uid === uid)?.weights;
const decisionOf = async (node: Node | undefined, run: number) =>
  (await node?.validator.stores.journal.read(run))?.agreed?.families["toy-1"];
/** Stake of these validators when the run closed, as decimal rao. */
async function stakeOf(node: Node | undefined, uris: readonly string[]): Promise<string> {
  const neurons = (await node?.validator.stores.journal.read(RUN))?.snapshot?.neurons ?? [];
  const hotkeys = uris.map(hotkey);
  const counted = neurons.filter((neuron) => hotkeys.includes(neuron.hotkey));
  expect(counted).toHaveLength(uris.length);
  return counted.reduce((sum, { stakeRao }) => sum + BigInt(stakeRao), 0n).toString();
}
const evidenceOf = async (node: Node | undefined): Promise<readonly Evidence[]> => {
  const answer = await fetch(`${node?.url}/v1/consensus/evidence`);
  return ((await answer.json()) as { items: Evidence[] }).items;
};

describe("a validator that", () => {
  test("commits to one report and reveals another is dropped, and convicted by its signatures", async () => {
    const nodes = await begin(["//Validator1", "//Validator2"], all(honest));
    const liar = await Liar.start(world, "//Validator3");
    resources.push(liar);
    await world.advanceTo((RUN + 1) * PLAN.blocks, nodes);
    await liar.commit(liar.report(RUN, new Map([[hotkey(MINERS[0]), 0]])));
    liar.answers = [liar.report(RUN, new Map([[hotkey(MINERS[0]), 999_999]]))];
    await world.advanceTo(decided(RUN), nodes);

    const [first] = await evidenceOf(nodes[0]);
    expect(first).toMatchObject({
      kind: "report_vs_commitment",
      validator_hotkey: hotkey("//Validator3"),
      run_id: `run-${RUN}`,
    });
    expect(checkEvidence(first, verifySr25519Fast)).toMatchObject({ proven: true });
    expect(await decisionOf(nodes[0], RUN)).toMatchObject({
      kind: "agreed",
      heardRao: await stakeOf(nodes[0], ["//Validator1", "//Validator2"]),
    });
  });

  test("tells two peers two things is found out by their copies, and both reports go", async () => {
    const nodes = await begin(["//Validator1", "//Validator2"], all(honest), {
      requireCommitment: false,
    });
    const liar = await Liar.start(world, "//Validator3");
    resources.push(liar);
    const say = (score: number) => liar.report(RUN, new Map([[hotkey(MINERS[0]), score]]));
    liar.answers = [say(1), say(2)];
    await world.advanceTo(decided(RUN), nodes);

    const found = [...(await evidenceOf(nodes[0])), ...(await evidenceOf(nodes[1]))];
    expect(found.map(({ kind }) => kind)).toContain("double_report");
    for (const item of found) {
      expect(checkEvidence(item, verifySr25519Fast)).toMatchObject({ proven: true });
    }
  });

  test("commits twice convicts itself, and its first word stands", async () => {
    const nodes = await begin(["//Validator1", "//Validator2"], all(honest));
    const liar = await Liar.start(world, "//Validator3");
    resources.push(liar);
    const first = liar.report(RUN, new Map([[hotkey(MINERS[0]), 1_000_000]]));
    liar.answers = [first];
    await world.advanceTo((RUN + 1) * PLAN.blocks, nodes);
    await liar.commit(first);
    await liar.commit(liar.report(RUN, new Map([[hotkey(MINERS[0]), 5]])));
    await world.advanceTo(decided(RUN), nodes);

    const [item] = await evidenceOf(nodes[0]);
    expect(item?.kind).toBe("double_commit");
    expect(checkEvidence(item, verifySr25519Fast)).toMatchObject({ proven: true });
    expect(await decisionOf(nodes[0], RUN)).toMatchObject({
      kind: "agreed",
      heardRao: await stakeOf(nodes[0], ["//Validator1", "//Validator2", "//Validator3"]),
    });
  });

  test("commits too late is not counted", async () => {
    const nodes = await begin(["//Validator1", "//Validator2"], all(honest));
    const liar = await Liar.start(world, "//Validator3");
    resources.push(liar);
    const report = liar.report(RUN, new Map([[hotkey(MINERS[0]), 5]]));
    liar.answers = [report];
    await world.advanceTo(revealed(RUN), nodes);
    await liar.commit(report);
    await world.advanceTo(decided(RUN), nodes);
    expect(await decisionOf(nodes[0], RUN)).toMatchObject({
      kind: "agreed",
      heardRao: await stakeOf(nodes[0], ["//Validator1", "//Validator2"]),
    });
  });
});

describe("weights", () => {
  test("stay with the incumbents while too little stake reports, and move when it is back", async () => {
    const behaviours = new Map([...all(cheat), [hotkey(MINERS[0]), honest]]);
    const uris = ["//Validator1", "//Validator2", "//Validator3"];
    const [big, ...others] = await begin(uris, behaviours);
    if (big === undefined) throw new Error("no validator");
    await world.advanceTo(decided(RUN), [big, ...others]);
    expect(await rowOf(2)).toEqual([{ uid: 4, value: 65_535 }]);

    // Now another miner works, but half of the stake says nothing: 3,000 of 6,000 is no majority.
    behaviours.set(hotkey(MINERS[0]), cheat);
    behaviours.set(hotkey(MINERS[1]), honest);
    await world.advanceTo(decided(RUN + 1), others);
    expect(await decisionOf(others[0], RUN + 1)).toMatchObject({
      kind: "held",
      misses: ["STAKE_SHORT"],
    });
    expect(await rowOf(2)).toEqual([{ uid: 4, value: 65_535 }]);

    await world.advanceTo(decided(RUN + 3), [big, ...others]);
    expect(await decisionOf(others[0], RUN + 3)).toMatchObject({ kind: "agreed" });
    for (const uid of [1, 2, 3]) expect(await rowOf(uid)).toEqual([{ uid: 5, value: 65_535 }]);
  });

  test("burn when every miner is offline, and each offline task is on record", async () => {
    const nodes = await begin(["//Validator1", "//Validator2"], all(silent));
    await world.advanceTo(decided(RUN), nodes);
    expect(await rowOf(1)).toEqual([{ uid: 0, value: 65_535 }]);
    const texts = (await nodes[0]?.validator.stores.log.read(0, 100)) ?? [];
    const offline = texts.filter(
      (text) => text.includes('"outcome":{"kind":"offline"}') && text.includes(`"run-${RUN}"`),
    );
    expect(offline).toHaveLength(MINERS.length);
  });

  test("are timelocked when the subnet asks for it, and stand on chain after the reveal", async () => {
    world = await World.begin({ beacon: true });
    const workloads = toyWorkload(all(honest));
    const run = { minStakeTao: "2500", quorum: { minReporters: 1 } };
    const node = await world.start("//Validator1", { workloads, run });
    await world.serveMiners();
    const call = {
      pallet: "AdminUtils",
      name: "sudo_set_commit_reveal_weights_enabled",
      args: { netuid: NETUID, enabled: true },
    };
    await world.chain.submitCall(world.root, { pallet: "Sudo", name: "sudo", args: { call } });
    await world.advanceTo(decided(RUN), [node]);
    const id = { netuid: NETUID, hotkey: hotkey("//Validator1") };
    expect(await world.chain.pendingCommits(id)).toMatchObject([{ kind: "timelocked" }]);
    await world.advanceTo(decided(RUN + 2), [node]);
    expect((await rowOf(1))?.map(({ uid }) => uid)).toEqual([4, 5, 6, 7]);
  });
});
