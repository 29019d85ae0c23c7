import { join } from "node:path";
import { NETUID, type Player } from "./cast.ts";
import { addressesOf } from "./founding.ts";
import { type Ground, MIB, operatorsPort, portOf, REQUESTS_PER_MINUTE } from "./ground.ts";
import { HOTKEY_NAME } from "./keys.ts";

/** What an upload may be: the largest shard that miners take. */
const SHARD_BYTES = 256 * MIB;
/** The shortest there is: permits move with the epochs, which are a few seconds long here. */
const REFRESH_SECONDS = 12;

/**
 * The public door of some miners, to which requests go by whom they are signed for. Miners get the
 * signature too: what they answer is bound to who asked.
 */
export function proxySettings({ name, miners = [] }: Player, ground: Ground): object {
  const { places, loopback, chainUrl, wallets, adminToken } = ground;
  const { host } = loopback;
  const hotkeyOf = (miner: string) => addressesOf(wallets, miner).hotkey;
  const [first = "", ...others] = miners;
  const toMiner = { upstream: first, forwardAuth: true };
  const unlimited = { base: REQUESTS_PER_MINUTE };
  return {
    server: { host, port: portOf(ground, name), drainSec: 1 },
    auth: {
      miner_hotkey: miners.map(hotkeyOf),
      chain_endpoint: chainUrl,
      cache_duration: REFRESH_SECONDS,
      binding: "required",
    },
    policy: { netuid: NETUID, minStake: "1000" },
    upstreams: Object.fromEntries(
      miners.map((miner) => [miner, { urls: [`http://${host}:${portOf(ground, miner)}`] }]),
    ),
    tenants: others.map((miner) => ({ hotkey: hotkeyOf(miner), upstreams: { [first]: miner } })),
    routes: [
      {
        ...toMiner,
        match: "/v1/storage/shards/*",
        methods: ["GET", "PUT", "DELETE"],
        maxBodyBytes: SHARD_BYTES,
      },
      { ...toMiner, match: "/v1/*", maxBodyBytes: MIB },
    ],
    limits: {
      ipPerMinute: REQUESTS_PER_MINUTE,
      provenIpPerMinute: REQUESTS_PER_MINUTE,
      hotkey: unlimited,
      coldkey: unlimited,
    },
    metrics: { listen: `${host}:${operatorsPort(ground, name, "metrics")}` },
    admin: {
      listen: `${host}:${operatorsPort(ground, name, "admin")}`,
      token: adminToken,
      directory: join(places.data(name), "admin"),
    },
    // One ledger, for which one hotkey signs.
    wallet: { name: first, hotkey: HOTKEY_NAME, path: places.wallets },
    receipts: { directory: join(places.data(name), "receipts") },
  };
}
