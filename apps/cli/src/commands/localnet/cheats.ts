import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cheatWho } from "./cast.ts";
import type { Places } from "./directory.ts";
import type { Relay } from "./relay.ts";
import { DELAY_MS, shardsOf } from "./settings.ts";

/**
 * What is wrong in a localnet is done to the daemons from outside: the shards of one miner are
 * deleted behind its back, and the line to another one becomes slow. Done again at every look, since
 * a miner may be given more.
 */
export async function playCheats(places: Places, relay: Relay): Promise<void> {
  relay.delay(DELAY_MS);
  const shards = join(shardsOf(places, cheatWho("loses").name), "shards");
  for (const name of await readdir(shards).catch(() => [])) {
    await rm(join(shards, name), { recursive: true, force: true });
  }
}
