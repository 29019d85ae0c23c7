import { toBlockNumber } from "@neurond/primitives";
import { expect, test } from "vitest";
import { hotkey, key, NETUID, startWorld } from "./support/devnet.ts";

test("commitments of a block are read with its state, and from its body when the state is gone", async () => {
  await using world = await startWorld({ pruning: 4 });
  const { chain } = world;
  const fields = [{ kind: "sha-256", hash: new Uint8Array(32).fill(7) }] as const;
  const sent = await chain.setCommitment(key("//Miner1"), { netuid: NETUID, fields });
  if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
  const id = { block: sent.block, netuid: NETUID };
  const confirmed = await chain.blockCommitments(id);
  expect(confirmed).toMatchObject({ block: sent.block, blockHash: sent.hash, isConfirmed: true });
  expect(confirmed.commitments).toMatchObject([{ hotkey: hotkey("//Miner1"), fields }]);
  expect(confirmed.timeMs).toBe((await chain.clock({ at: sent.block })).chainMs);
  const before = toBlockNumber(sent.block - 1);
  expect((await chain.blockCommitments({ ...id, block: before })).commitments).toEqual([]);
  await world.net.jump(8);
  expect(await chain.blockCommitments(id)).toEqual({ ...confirmed, isConfirmed: false });
});
