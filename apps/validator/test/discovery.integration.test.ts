import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { decodeEntry } from "@neurond/ledger";
import type { SignedFetch } from "@neurond/runtime";
import { testCertificate } from "@neurond/testing/certificate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pollMiners } from "../src/discovery/poll-miners.ts";
import type { WorkloadEntry } from "../src/index.ts";
import type { Node } from "./support/node.ts";
import { toyWorkload } from "./support/toy-workload.ts";
import { HOST, hotkey, key, MINERS, NETUID, PLAN, World } from "./support/world.ts";

const MINER = hotkey(MINERS[0]);
const never = new AbortController().signal;
const { key: secret, cert } = testCertificate([HOST]);
/** What the miner does now, and what it was asked for. */
const miner = { isSilent: false, capacity: { double: true } as unknown, asked: [] as string[] };
const server: Server = createServer({ key: secret, cert }, async (request, response) => {
  miner.asked.push(`${request.method} ${request.url}`);
  if (miner.isSilent) return void response.destroy();
  if (request.url === "/capacity") return void response.end(JSON.stringify(miner.capacity));
  const { number } = JSON.parse(await text(request));
  response.end(JSON.stringify({ answer: 2 * number }));
});
let world: World;
let node: Node;
let directory: string;

/** Doubling numbers, for miners that say they can; asked over the network. */
function doubling({ send }: { readonly send: SignedFetch }): readonly WorkloadEntry[] {
  const [toy] = toyWorkload(new Map())();
  if (toy === undefined) throw new RangeError("no toy");
  return [
    {
      ...toy,
      capability: "double",
      async prober({ url, hotkey: receiver }, task, signal) {
        if (url === null) return "offline";
        const answer = await send({
          url: new URL("/double", url),
          method: "POST",
          body: Buffer.from(JSON.stringify(task)),
          receiver,
          timeoutMs: 2_000,
          signal,
        }).catch(() => null);
        return answer === null ? "offline" : JSON.parse(Buffer.from(answer.body).toString());
      },
    },
  ];
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  directory = await mkdtemp(join(tmpdir(), "neurond-discovery-"));
  const caFile = join(directory, "ca.pem");
  await writeFile(caFile, cert);
  world = await World.begin();
  const { port } = server.address() as AddressInfo;
  const bytes = Buffer.from(`${HOST}:${port}`);
  const fields = [{ kind: "raw", bytes }] as const;
  const sent = await world.chain.setCommitment(key(MINERS[0]), { netuid: NETUID, fields });
  if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
  node = await world.start("//Validator1", {
    workloads: doubling,
    discovery: { source: "registry", caFile, capacitySeconds: 0.001 },
  });
  await node.announce();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const get = async (path: string): Promise<unknown> => {
  return (await fetch(new URL(path, node.url))).json();
};
/** What the miner's tasks of a run came to, in the order of the log. */
async function outcomes(index: number): Promise<readonly string[]> {
  const texts = await node.validator.stores.log.read(0, 10_000);
  return texts.flatMap((line) => {
    const entry = decodeEntry(line);
    if (entry?.kind !== "observation") return [];
    return entry.miner === MINER && entry.run_id === `run-${index}` ? [entry.outcome.kind] : [];
  });
}
/** Goes on until the beacon of a run has fallen and its tasks were put. */
const untilProbed = (index: number) =>
  world.advanceTo(index * PLAN.blocks + PLAN.beaconLag + 2, [node]);

test("a miner is found by its commitment only, asked over TLS, and paid for its work", async () => {
  await pollMiners(node.validator, never);
  expect(miner.asked).toEqual(["GET /capacity"]);
  expect(await get("/v1/status")).toMatchObject({
    discovery: { source: "registry", miners: { valid: 1, invalid: 0 } },
  });
  expect(await get("/v1/miners")).toEqual([
    { hotkey: MINER, validity: "valid", failures: 0, capacity: { double: true } },
  ]);
  await untilProbed(1);
  expect(await outcomes(1)).toEqual(["passed"]);
  expect(miner.asked.at(-1)).toBe("POST /double");
});

test("a miner that falls silent is given the same task again before it is punished", async () => {
  miner.isSilent = true;
  await pollMiners(node.validator, never);
  await untilProbed(2);
  await world.advanceTo((await world.head()) + 2, [node]);
  expect(await outcomes(2)).toEqual(["contained"]);
  miner.isSilent = false;
  await pollMiners(node.validator, never);
  await world.advanceTo((await world.head()) + 1, [node]);
  expect(await outcomes(2)).toEqual(["contained", "passed"]);
});

test("a miner whose capacity cannot be read is given nothing", async () => {
  miner.capacity = { double: "yes" };
  await pollMiners(node.validator, never);
  miner.asked = [];
  await untilProbed(3);
  expect(await outcomes(3)).toEqual(["offline"]);
  expect(miner.asked).toEqual([]);
});

test("a fault of ours while polling ends the validator with that fault", async () => {
  const chain = new Proxy(world.chain, {
    get: (target, name) =>
      name === "metagraph"
        ? () => Promise.reject(new TypeError("a bug"))
        : Reflect.get(target, name, target),
  });
  const faulty = await world.start("//Validator2", { workloads: doubling, chain });
  const { signal } = new AbortController();
  await expect(faulty.started.run(signal)).rejects.toThrow("a bug");
});
