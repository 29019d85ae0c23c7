import type { Chain, Metagraph } from "@neurond/chain";
import { toNetuid } from "@neurond/primitives";
import { NETUID, NEURONS, PROXIES, uidOf } from "./cast.ts";
import { baseOf } from "./daemons.ts";
import type { DoorCheck } from "./expectations.ts";
import { entranceOf, type Ground } from "./ground.ts";

const TIMEOUT_MS = 5_000;
/** Any would do: nobody is to be told whether it is there. */
const PATH = `/v1/storage/shards/${"0".repeat(64)}`;

/** Looks up where the chain says that miners are, and knocks at their doors without a signature. */
export async function checkDoors(
  ground: Ground,
  chain: Pick<Chain, "metagraph">,
  signal: AbortSignal,
): Promise<readonly DoorCheck[]> {
  const metagraph = await chain.metagraph({ netuid: toNetuid(NETUID) }, { signal });
  return Promise.all(
    PROXIES.map(async ({ name, miners = [] }) => ({
      proxy: name,
      status: await knock(baseOf(ground, name), signal),
      elsewhere: miners.filter((miner) => !isAnnounced(miner, ground, metagraph)),
    })),
  );
}

function isAnnounced(miner: string, ground: Ground, { neurons }: Metagraph): boolean {
  const player = NEURONS.find(({ name }) => name === miner);
  const port = neurons[uidOf(miner) ?? -1]?.axon?.port;
  return player !== undefined && port === entranceOf(ground, player);
}

async function knock(door: URL, signal: AbortSignal): Promise<number | null> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(new URL(PATH, door), { signal: limited });
    await response.body?.cancel();
    return response.status;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
