import { fromHex, hotkeyOf, toHex, toNetuid } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import {
  type Beacon,
  beaconDigest,
  beaconInputs,
  beaconRound,
  buildAnswer,
  challengeSeed,
  firstLink,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  MODE,
  nextLink,
  periodOf,
  responseHash,
  sampleParams,
  samplePositions,
  shardRoot,
  verifyAnswer,
} from "../src/index.ts";
import { dataNamed, flipped, heldShard, MemoryShards } from "./test-data.ts";
import vectors from "./vectors/sample.json" with { type: "json" };
import shardRoots from "./vectors/shard-roots.json" with { type: "json" };

const { identity, chain, inventories } = vectors;
const hex = (bytes: Uint8Array) => toHex(bytes).slice(2);
const parties = {
  netuid: toNetuid(identity.netuid),
  validator: hotkeyOf(fromHex(identity.validator)),
  miner: hotkeyOf(fromHex(identity.miner)),
};
const beacon = fromHex(chain.beacon);

test.each(shardRoots)("the tree of $size bytes has $leaves leaves and its root", (vector) => {
  expect(hex(shardRoot(dataNamed(vector.data, vector.size)))).toBe(vector.root);
});

test("the chain of links begins as published and folds slots in order", () => {
  expect(hex(firstLink(parties))).toBe(chain.link0);
  const { prev, challenge, link } = chain.timeout;
  expect(hex(nextLink(fromHex(prev), { challenge: fromHex(challenge), response: null }))).toBe(
    link,
  );
});

test("the beacon of the chain alone is the published one", () => {
  const plain: Beacon = { kind: 0, block: chain.block, blockHash: fromHex(chain.blockHash) };
  expect(hex(beaconDigest(beaconInputs(plain)))).toBe(chain.beaconChainOnly);
  expect(periodOf(chain.block)).toBe(chain.period);
});

test("the beacon of chain and drand is the published one", () => {
  const { block, drandRound: round } = chain;
  const [blockHash, randomness] = [fromHex(chain.blockHash), fromHex(chain.drandRandomness)];
  expect(hex(beaconDigest({ kind: 1, block, blockHash, round, randomness }))).toBe(chain.beacon);
  expect(beaconRound(chain.blockTimestampSeconds)).toBe(round);
});

describe.each(inventories)("inventory of $sizes bytes, $c samples", (vector) => {
  const shards = vector.entries.map(({ id, data, size }) =>
    heldShard(fromHex(id), dataNamed(data, size)),
  );
  const tree = new InventoryTree(shards.map(({ entry }) => entry));
  const inventory = inventoryOf(parties, identity.run, tree);
  const reader = new MemoryShards(shards);
  const seed = challengeSeed({
    ...parties,
    run: identity.run,
    slot: vector.slot,
    mode: MODE.sample,
    params: sampleParams(vector.c),
    inventoryDigest: inventoryDigest(inventory),
    beaconBlock: chain.block,
    beacon,
    prevLink: fromHex(vector.prevLink),
  });
  const positions = samplePositions(seed, tree.total, vector.c);
  const judge = (answer: Uint8Array) => verifyAnswer({ ...inventory, positions, answer });

  test("roots, digest, seed and positions are the published ones", () => {
    expect(shards.map(({ entry }) => hex(entry.root))).toEqual(vector.entries.map((e) => e.root));
    expect(tree.total).toBe(vector.total);
    expect(hex(tree.hash)).toBe(vector.inventoryHash);
    expect(hex(inventoryDigest(inventory))).toBe(vector.inventoryDigest);
    expect(hex(seed)).toBe(vector.seed);
    expect(positions).toEqual(vector.positions);
  });

  test("the answer is the published one to the byte, and passes", async () => {
    const answer = await buildAnswer(tree, positions, reader);
    expect(answer.length).toBe(vector.response.length);
    expect(hex(new Uint8Array(await crypto.subtle.digest("SHA-256", answer)))).toBe(
      vector.response.sha256,
    );
    expect(judge(answer)).toBeNull();
    const response = responseHash(seed, answer);
    expect(hex(response)).toBe(vector.responseHash);
  });

  test("the link after it is the published one", async () => {
    const earlier = inventories.filter(({ slot }) => slot < vector.slot);
    const before = fromHex(earlier.at(-1)?.link ?? vector.prevLink);
    const response = responseHash(seed, await buildAnswer(tree, positions, reader));
    expect(hex(nextLink(before, { challenge: seed, response }))).toBe(vector.link);
  });

  test.each(vector.mutations)("$change is $reject", async ({ change, reject }) => {
    expect(judge(await mutated(change))).toBe(reject);
  });

  async function mutated(change: string): Promise<Uint8Array> {
    const answer = await buildAnswer(tree, positions, reader);
    const place = /^xor 1 at (\d+|last byte)/.exec(change)?.[1];
    if (place !== undefined) return flipped(answer, place === "last byte" ? -1 : Number(place));
    switch (change) {
      case "append byte 0":
        return Uint8Array.from([...answer, 0]);
      case "drop last byte":
        return answer.subarray(0, -1);
      case "proof for positions (p+1) mod total": {
        const others = positions.map((position) => (position + 1) % tree.total);
        return buildAnswer(
          tree,
          others.sort((a, b) => a - b),
          reader,
        );
      }
      default:
        throw new Error(`unknown mutation: ${change}`);
    }
  }
});
