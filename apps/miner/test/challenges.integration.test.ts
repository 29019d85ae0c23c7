import { randomBytes } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Keypair } from "@neurond/crypto";
import { toHex, toUid } from "@neurond/primitives";
import { signedFetch } from "@neurond/runtime";
import {
  beaconDigest,
  beaconInputs,
  compareBytes,
  firstLink,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  type Receipt,
  SampleTask,
  seedOfTask,
  storageWorkload,
} from "@neurond/workload-storage";
import {
  CHALLENGE_PATH,
  type ChallengeMessage,
  shardNameOf,
  storageProber,
} from "@neurond/workload-storage/io";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  get,
  minerKey,
  NETUID,
  nameOf,
  type Offer,
  offer,
  other,
  put,
  send,
  serveMiner,
  signal,
  type TestMiner,
  validator,
} from "./harness.ts";

let at: TestMiner;
let stored: Offer[];
beforeAll(async () => {
  at = await serveMiner();
  stored = [
    offer(300_000, { storedBlock: 3 }),
    offer(4_096, { storedBlock: 5 }),
    offer(70_001, { storedBlock: 8, expiresBlock: 30 }),
    offer(123_456, { storedBlock: 8 }),
  ];
  for (const shard of stored) await put(at, shard);
  // Another validator's shard is in no inventory of ours.
  await put(at, offer(9_000, {}, other), other);
});
afterAll(() => at[Symbol.asyncDispose]());

/** The task a validator draws over these receipts, as its log would have it. */
function taskOver(receipts: readonly Receipt[], beaconBlock: number, key = validator): SampleTask {
  const entries = receipts
    .map(({ shardId, root, size }) => ({ shardId, root, size }))
    .sort((a, b) => compareBytes(a.shardId, b.shardId));
  const tree = new InventoryTree(entries);
  const parties = { netuid: NETUID, validator: nameOf(key), miner: nameOf(minerKey) };
  const inventory = inventoryOf(parties, 1, tree);
  const beacon = { kind: 0, block: beaconBlock, blockHash: randomBytes(32) } as const;
  return SampleTask.parse({
    ...parties,
    run: 1,
    slot: 0,
    samples: 20,
    inventory: {
      count: tree.count,
      total: tree.total,
      hash: toHex(tree.hash),
      signature: toHex(key.sign(inventoryDigest(inventory))),
    },
    beacon: {
      kind: 0,
      digest: toHex(beaconDigest(beaconInputs(beacon))),
      block: beacon.block,
      block_hash: toHex(beacon.blockHash),
    },
    prev_link: toHex(firstLink(parties)),
    deadline_ms: 10_000,
  });
}

const probe = (task: SampleTask, key: Keypair = validator, to = at) => {
  const prober = storageProber({ send: signedFetch({ key }), sign: (digest) => key.sign(digest) });
  return prober(
    { hotkey: nameOf(minerKey), uid: toUid(2), url: to.miner.url },
    SampleTask.parse(task),
    signal,
  );
};
const workload = storageWorkload({
  catalog: {
    beaconOf: () => {
      throw new Error("sampling is not what is tested");
    },
    holdingOf: () => null,
  },
});

describe("answering a challenge", () => {
  it("proves what is held, by the same code with which an auditor judges", async () => {
    const task = taskOver(
      stored.map(({ receipt }) => receipt),
      20,
    );
    const evidence = await probe(task);
    if (evidence === "offline") throw new Error("the miner did not answer");
    expect(workload.verify(task, evidence)).toMatchObject({ kind: "passed" });
    const again = await probe(task);
    expect(again).not.toBe("offline");
  });

  it("finds the list of an earlier block: without what came later, without what was over", async () => {
    const before = stored.filter(({ receipt }) => receipt.storedBlock <= 5);
    const early = taskOver(
      before.map(({ receipt }) => receipt),
      20,
    );
    expect(await probe(early)).not.toBe("offline");
    const unexpired = stored.filter(({ receipt }) => receipt.expiresBlock > 40);
    const late = taskOver(
      unexpired.map(({ receipt }) => receipt),
      45,
    );
    expect(await probe(late)).not.toBe("offline");
  });

  it("finds the list without a shard whose upload ended after it was drawn up", async () => {
    const listed = stored.slice(0, 3);
    expect(
      await probe(
        taskOver(
          listed.map(({ receipt }) => receipt),
          20,
        ),
      ),
    ).not.toBe("offline");
  });

  it("refuses one over a shard it never had, and says that it knows no such list", async () => {
    const never = offer(50_000);
    const task = taskOver([...stored.map(({ receipt }) => receipt), never.receipt], 20);
    expect(await ask(task)).toMatchObject({ status: 409, code: "INVENTORY_UNKNOWN" });
    expect(await probe(task)).toBe("offline");
  });

  it("refuses another validator's, and one its validator did not sign", async () => {
    const task = taskOver(
      stored.map(({ receipt }) => receipt),
      20,
    );
    expect(await ask(task, validator, other)).toMatchObject({ status: 403, code: "CALLER_WRONG" });
    expect(await ask(task, other)).toMatchObject({ status: 403, code: "CHALLENGE_REFUSED" });
    const foreign = { ...task, miner: nameOf(other) };
    expect(await ask(foreign)).toMatchObject({ status: 403, code: "CHALLENGE_REFUSED" });
    const target = CHALLENGE_PATH;
    const body = Buffer.from('{"task":{}}');
    const answer = await send(at, { method: "POST", target, body, type: "application/json" });
    expect(answer.status).toBe(400);
  });

  it("does not answer for a shard that was lost or damaged on disk", async () => {
    await using careless = await serveMiner();
    const shard = offer(500_000);
    await put(careless, shard);
    const task = taskOver([shard.receipt], 20);
    const name = shardNameOf(shard.receipt.shardId);
    const directory = join(careless.directory, "shards", name.slice(0, 2));
    const file = await open(join(directory, `${name}.shard`), "r+");
    await file.write(Buffer.alloc(500_000), 0, 500_000, 0);
    await file.close();
    const evidence = await probe(task, validator, careless);
    if (evidence === "offline") throw new Error("the miner did not answer");
    expect(workload.verify(task, evidence)).toMatchObject({ kind: "failed", reason: "SHARD_ROOT" });
    await rm(join(directory, `${name}.shard`));
    expect(await readdir(directory)).toContain(`${name}.json`);
    expect(await probe(task, validator, careless)).toBe("offline");
    expect(await ask(task, validator, validator, careless)).toMatchObject({
      status: 410,
      code: "SHARD_CORRUPT",
    });
    expect(await get(careless, shard)).toMatchObject({ status: 410, code: "SHARD_CORRUPT" });
    expect((await fetch(new URL("/livez", careless.miner.url))).status).toBe(200);
  });
});

/** Puts a task signed by one key in the name of another. */
function ask(task: SampleTask, signer = validator, caller = validator, to = at) {
  const message: ChallengeMessage = { task, signature: toHex(signer.sign(seedOfTask(task))) };
  const body = Buffer.from(JSON.stringify(message));
  const request = {
    method: "POST",
    target: CHALLENGE_PATH,
    body,
    type: "application/json",
  } as const;
  return send(to, request, caller);
}
