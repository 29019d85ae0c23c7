import { verifySr25519Fast } from "@neurond/crypto";
import {
  checkCheckpoint,
  checkReport,
  commitmentOf,
  hasGrown,
  isEntryOf,
  type SignedReport,
  toFamilyId,
} from "@neurond/ledger";
import { toRunId } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Node } from "./support/node.ts";
import { honest, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, MINERS, NETUID, PLAN, World } from "./support/world.ts";

let world: World;
let node: Node;
let peer: Node;
const self = hotkey("//Validator1");

beforeAll(async () => {
  world = await World.begin();
  const workloads = toyWorkload(new Map(MINERS.map((uri) => [hotkey(uri), honest])));
  node = await world.start("//Validator1", { workloads });
  peer = await world.start("//Validator2", { workloads });
  for (const one of [node, peer]) await one.announce();
  await world.serveMiners();
  await world.advanceTo(2 * PLAN.blocks + 1, [node, peer]);
});
afterAll(() => world[Symbol.asyncDispose]());

const get = (path: string) => fetch(new URL(path, node.url));
const read = async <Value>(path: string) => (await (await get(path)).json()) as Value;
const answer = async (path: string) => {
  const response = await get(path);
  const { code } = (await response.json()) as { readonly code?: string };
  return [response.status, code];
};

describe("scores", () => {
  const path = "/v1/consensus/scores/run-1";

  test("are answered 425 until nobody can commit to them any more", async () => {
    expect(await answer(path)).toEqual([425, "NOT_REVEALED"]);
    expect(await answer(`${path}?validator=${hotkey("//Validator2")}`)).toEqual([
      425,
      "NOT_REVEALED",
    ]);
    await world.advanceTo(2 * PLAN.blocks + PLAN.commitWindow, [node, peer]);
    expect((await get(path)).status).toBe(200);
  });

  test("are the same bytes each time, and pass every check against the chain", async () => {
    const text = await (await get(path)).text();
    expect(await (await get(path)).text()).toBe(text);
    const [first] = await node.validator.stores.commitments.ofRun(toRunId("run-1"));
    expect(first).toBeDefined();
    const checked = checkReport(text, {
      validator: self,
      runId: toRunId("run-1"),
      familyId: toFamilyId("toy-1"),
      nowMs: Date.now(),
      verify: verifySr25519Fast,
      commitment: commitmentOf(JSON.parse(text) as SignedReport),
      requireCommitment: true,
    });
    expect(checked.ok).toBe(true);
  });

  test("of peers are served as they were received", async () => {
    await world.advanceTo(2 * PLAN.blocks + PLAN.commitWindow + 2, [node, peer]);
    const copy = await (await get(`${path}?validator=${hotkey("//Validator2")}`)).text();
    const own = await (await fetch(new URL(path, peer.url))).text();
    expect(copy).toBe(own);
  });

  test("of other names are no scores", async () => {
    expect(await answer("/v1/consensus/scores/run-99999")).toEqual([425, "NOT_REVEALED"]);
    expect(await answer("/v1/consensus/scores/run-0")).toEqual([404, "RUN_UNKNOWN"]);
    expect(await answer("/v1/consensus/scores/other")).toEqual([404, "RUN_UNKNOWN"]);
    expect(await answer("/v1/consensus/scores/a%2Fb")).toEqual([400, "RUN_INVALID"]);
    expect(await answer(`${path}?family_id=other`)).toEqual([404, "RUN_UNKNOWN"]);
    expect((await answer(`${path}?validator=me`))[0]).toBe(400);
  });
});

describe("the log", () => {
  interface Entries {
    readonly from: number;
    readonly entries: readonly string[];
  }

  test("is served with a signed head, and every entry proves to be in it", async () => {
    const found = checkCheckpoint(await read("/v1/log/checkpoint"), {
      netuid: NETUID,
      validator: self,
      verify: verifySr25519Fast,
    });
    if (!found.ok) throw new Error(found.fault);
    const { checkpoint } = found;
    const { entries } = await read<Entries>(`/v1/log/entries?from=0&to=${checkpoint.size}`);
    expect(entries).toHaveLength(checkpoint.size);
    for (const [index, text] of entries.entries()) {
      const path = `/v1/log/proof/entry?index=${index}&size=${checkpoint.size}`;
      const { hashes } = await read<{ hashes: string[] }>(path);
      expect(isEntryOf(checkpoint, { text, index, proof: hashes })).toBe(true);
    }
  });

  test("grows: every earlier head is the beginning of the present one", async () => {
    const newer = await read<{ size: number; root: string }>("/v1/log/checkpoint");
    for (let size = 1; size < newer.size; size += 1) {
      const older = await read<{ size: number; root: string }>(`/v1/log/checkpoint/${size}`);
      const path = `/v1/log/proof/growth?from=${size}&to=${newer.size}`;
      const { hashes } = await read<{ hashes: string[] }>(path);
      expect(hasGrown(older, newer, hashes)).toBe(true);
    }
  });

  test("was anchored on chain before the beacon, with the plan in it", async () => {
    const facts = await node.validator.stores.journal.read(1);
    const { anchor, anchored, opened } = facts;
    expect(anchored?.block).toBeLessThan(PLAN.blocks + PLAN.beaconLag);
    expect(anchor?.size).toBeGreaterThanOrEqual(opened?.size ?? Number.POSITIVE_INFINITY);
    const { root } = await read<{ root: string }>(`/v1/log/checkpoint/${anchor?.size}`);
    expect(anchor?.fields.at(-1)).toBe(`neurond/log/v1:${anchor?.size}:${root}`);
  });

  test("has no part that is not there", async () => {
    const { entries } = await read<Entries>("/v1/log/entries?from=90000&to=90010");
    expect(entries).toEqual([]);
    expect(await answer("/v1/log/entries?from=5&to=4")).toEqual([400, "LOG_RANGE_INVALID"]);
    expect(await answer("/v1/log/checkpoint/90000")).toEqual([404, "CHECKPOINT_UNKNOWN"]);
    expect(await answer("/v1/log/proof/entry?index=9&size=9")).toEqual([400, "LOG_RANGE_INVALID"]);
    expect(await answer("/v1/log/proof/growth?from=3&to=90000")).toEqual([
      400,
      "LOG_RANGE_INVALID",
    ]);
  });
});

test("says who it is, where its run stands, and describes itself", async () => {
  const head = await world.head();
  expect(await read("/v1/status")).toMatchObject({
    netuid: NETUID,
    hotkey: self,
    auth: ["btauth/1", "epistula/2"],
    run: { index: Math.floor(head / PLAN.blocks) },
    block: head,
  });
  const { paths } = await read<{ paths: object }>("/openapi.json");
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      "/v1/consensus/scores/{run_id}",
      "/v1/log/entries",
      "/v1/storage/files",
      "/v1/storage/shards/{shard_id}",
    ]),
  );
  expect(await answer(`/v1/bodies/${"00".repeat(32)}`)).toEqual([404, "BODY_UNKNOWN"]);
  expect((await read<{ items: unknown[] }>("/v1/consensus/evidence")).items).toEqual([]);
});
