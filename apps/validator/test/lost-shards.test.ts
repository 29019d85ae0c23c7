import type { Json } from "@neurond/ledger";
import { failed, OFFLINE, passed } from "@neurond/workload";
import { expect, test } from "vitest";
import { OpeningWorld } from "../../../packages/workload-storage/test/opening/opening-world.ts";
import { TokenWorld } from "../../../packages/workload-storage/test/token/token-world.ts";
import { lostIn } from "../src/storage/single/lost-shards.ts";

const never = () => Promise.reject(new Error("not asked of one shard"));
const stores = {
  journal: { read: never, write: never, having: never, latest: never },
  bodies: { put: never, get: never, forgetExpired: never },
};
const recorded = (task: object): Json => JSON.parse(JSON.stringify(task));

test("a wrong answer about one shard says which shard is lost", async () => {
  const { task: token } = new TokenWorld(1, { size: 100 });
  const opening = await OpeningWorld.make({ suite: 2, sectors: 4, size: 100, wanted: 1 });
  for (const task of [token, opening.task]) {
    const seen = { task: recorded(task), evidence: {}, received_ms: 77 };
    const outcome = failed("ANSWER_MISMATCH");
    const shardId = task.receipt.receipt.shard_id;
    expect(await lostIn(stores, { ...seen, outcome })).toEqual([
      { shardId, atMs: 77, how: "not proved" },
    ]);
    expect(await lostIn(stores, { ...seen, outcome: passed() })).toEqual([]);
    expect(await lostIn(stores, { ...seen, outcome: OFFLINE })).toEqual([]);
  }
  const other = { task: { samples: 1 }, evidence: {}, received_ms: 77 };
  expect(await lostIn(stores, { ...other, outcome: failed("SHARD_ROOT") })).toEqual([]);
});
