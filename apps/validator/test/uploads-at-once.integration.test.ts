import { createHash, randomBytes } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import { type SealedShard, ValidatorNetwork } from "@neurond/storage-client";
import { shardRoot } from "@neurond/workload-storage";
import { shardIdOf } from "@neurond/workload-storage/file";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Node } from "./support/node.ts";
import { RealMiner } from "./support/real-miner.ts";
import { hotkey, MINERS, World } from "./support/world.ts";

const VALIDATOR = "//Validator1";
const [MINER = ""] = MINERS;
/** More than sockets hold of a body that nobody reads. */
const SHARD_BYTES = 8_000_000;

let world: World;
let miner: RealMiner;
let node: Node;
beforeAll(async () => {
  world = await World.begin();
  miner = await RealMiner.start(world, MINER);
  node = await world.start(VALIDATOR, {
    run: { minStakeTao: "2500" },
    storage: { uploadsAtOnce: 1 },
  });
  await node.look();
});
afterAll(async () => {
  await miner[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Shards of one segment, all for one miner. */
function shardsOf(count: number): readonly SealedShard[] {
  const fileId = randomBytes(32);
  return Array.from({ length: count }, (_, index) => {
    const bytes = randomBytes(SHARD_BYTES);
    const where = { fileId, segment: 0, index, generation: 0, miner: hotkey(MINER) };
    const sha256 = createHash("sha256").update(bytes).digest();
    const about = { shardId: shardIdOf(where), root: shardRoot(bytes), sha256 };
    return { ...where, ...about, size: bytes.length, body: () => [bytes] };
  });
}

describe("shards of which one at a time may pass", () => {
  test.each([
    ["wait for their turn", 6],
    ["are refused when too many wait, and pass when they are sent again", 14],
  ])("%s", async (_, count) => {
    const [url, key] = [new URL(node.url), keypairFromUri("//Client")];
    const network = new ValidatorNetwork({ url, hotkey: hotkey(VALIDATOR), key });
    // Shorter than whoever sends a body that nobody reads waits for an answer.
    const signal = AbortSignal.timeout(40_000);
    await Promise.all(shardsOf(count).map((shard) => network.deliver(shard, signal)));
  });
});
