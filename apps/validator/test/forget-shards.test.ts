import { type Hex, parseColdkey, parseHotkey, toHex } from "@neurond/primitives";
import type { DeletedShard } from "@neurond/store";
import { expect, test } from "vitest";
import { type TellDeps, tellMiners } from "../src/storage/upkeep/forget-shards.ts";

const HERE = parseHotkey("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
const AWAY = parseHotkey("5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
const SERVING = {
  hotkey: HERE,
  coldkey: parseColdkey(HERE),
  url: "http://127.0.0.1:1",
};
const FILE = toHex(new Uint8Array(32));

/** Deletions that nobody was told of, of one miner that serves and one that does not. */
function deletions(here: number, away: number) {
  const tries = new Map<DeletedShard, number>();
  for (let at = 0; at < here + away; at += 1) {
    const shardId = toHex(Uint8Array.from({ length: 32 }, (_, byte) => at >> (8 * (byte % 4))));
    tries.set({ shardId, fileId: FILE, miner: at < here ? HERE : AWAY }, 0);
  }
  const forgotten: Hex[] = [];
  const deps: TellDeps = {
    lives: {
      untold: async (limit: number) =>
        [...tries.keys()].sort((a, b) => (tries.get(a) ?? 0) - (tries.get(b) ?? 0)).slice(0, limit),
      told: async (shard: DeletedShard, isTold: boolean) => {
        if (isTold) tries.delete(shard);
        else tries.set(shard, (tries.get(shard) ?? 0) + 1);
      },
    },
    miners: async () => new Map([[HERE, SERVING]]),
    client: {
      forget: async (_, shardId) => {
        forgotten.push(toHex(shardId));
      },
    },
  };
  return { tries, forgotten, deps };
}

test("a large file is forgotten at once, whatever of it cannot be told", async () => {
  const { deps, tries, forgotten } = deletions(2_400, 300);
  await tellMiners(deps, { fileId: FILE }, AbortSignal.timeout(20_000));
  expect(new Set(forgotten).size).toBe(2_400);
  expect(new Set([...tries.keys()].map(({ miner }) => miner))).toEqual(new Set([AWAY]));
});

test("miners that are away are not asked again and again", async () => {
  const { deps, tries } = deletions(0, 1_500);
  await tellMiners(deps, { fileId: FILE }, AbortSignal.timeout(20_000));
  expect(Math.max(...tries.values())).toBe(1);
});
