import { setTimeout as sleep } from "node:timers/promises";
import { parseCommitment } from "@neurond/ledger";
import { toBlockNumber } from "@neurond/primitives";
import { afterEach, expect, test } from "vitest";
import { textsOf } from "../src/scan-commitments.ts";
import { Relay } from "./support/relay.ts";
import { honest, toyWorkload } from "./support/toy-workload.ts";
import { connectTo, hotkey, MINERS, NETUID, World } from "./support/world.ts";

const BLOCK_MS = 60;
const OUTAGE_BLOCKS = 50;

const resources: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of resources.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isSo()) return;
    await sleep(BLOCK_MS);
  }
  throw new Error("it did not come about in time");
}

test("a validator whose chain is gone for 50 blocks goes on, reports nothing twice, sets weights", async () => {
  const world = await World.begin({ mode: "interval", blockTimeMs: BLOCK_MS });
  resources.push(world);
  const relay = await Relay.to(world.net.port);
  resources.push(relay);
  const chain = await connectTo(relay.url);
  resources.push(chain);
  await world.serveMiners();
  const node = await world.start("//Validator1", {
    chain,
    workloads: toyWorkload(new Map(MINERS.map((uri) => [hotkey(uri), honest]))),
    run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
  });
  const stop = new AbortController();
  const running = node.started.run(stop.signal);
  const { journal } = node.validator.stores;
  const agreed = async () => (await journal.latest("agreed"))?.index ?? -1;
  const agreedFully = (index: number) => async () => {
    const latest = await journal.latest("agreed");
    return (
      latest !== undefined &&
      latest.index > index &&
      latest.fact.families["toy-1"]?.kind === "agreed"
    );
  };

  await until(agreedFully(-1));
  const before = await agreed();
  const cutAt = await world.head();
  relay.cut();
  await until(async () => (await world.head()) >= cutAt + OUTAGE_BLOCKS);
  relay.mend();
  await until(agreedFully(before + 1));
  const [sent] = [await node.validator.stores.weights.latest(node.validator.rules.mecid)];
  await until(async () => {
    const { neurons } = await world.chain.metagraph({ netuid: NETUID });
    return (neurons[1]?.lastUpdate ?? 0) > cutAt + OUTAGE_BLOCKS;
  });
  expect(sent).not.toBeNull();

  const hashes = new Map<string, Set<string>>();
  const range = { from: toBlockNumber(1), to: toBlockNumber(await world.head()), netuid: NETUID };
  for await (const found of world.chain.scanCommitments(range)) {
    const { scores } = parseCommitment(textsOf(found.fields));
    if (scores === undefined) continue;
    hashes.set(scores.runId, (hashes.get(scores.runId) ?? new Set()).add(scores.hash));
  }
  expect(hashes.size).toBeGreaterThan(1);
  for (const said of hashes.values()) expect(said.size).toBe(1);

  stop.abort();
  await running;
});
