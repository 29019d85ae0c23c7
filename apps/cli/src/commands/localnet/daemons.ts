import { join } from "node:path";
import { z } from "zod";
import { cheatWho, DAEMONS, type Player } from "./cast.ts";
import type { ChildOptions } from "./child.ts";
import type { Places } from "./directory.ts";
import { fetchJson, isReadyAt } from "./fetch-json.ts";
import { addressesOf } from "./founding.ts";
import { type Ground, type OperatorsPort, operatorsPort, portOf } from "./ground.ts";
import { HOTKEY_NAME } from "./keys.ts";
import { COMPILE_CACHE, leashedArguments, programOf } from "./programs.ts";
import { writeSettings } from "./settings.ts";
import type { Daemon } from "./supervisor.ts";

/** The environment variables a localnet hands on, without those that would change its settings. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the chain of a localnet is made of. */
export interface ChainOptions {
  readonly places: Places;
  readonly env: Environment;
  readonly port: number;
  readonly blockTimeMs: number;
}

/** Base of a daemon's HTTP API. */
export function baseOf({ loopback, ports }: Pick<Ground, "loopback" | "ports">, name: string): URL {
  return new URL(`http://${loopback.host}:${portOf({ ports }, name)}`);
}

/** Base of what a proxy tells its operator, or takes from it. */
export function operatorOf(
  ground: Pick<Ground, "loopback" | "ports">,
  proxy: string,
  port: OperatorsPort,
): URL {
  return new URL(`http://${ground.loopback.host}:${operatorsPort(ground, proxy, port)}`);
}

/** The chain, as anybody starts one, on a file that it goes on with. */
export function chainDaemon({ places, env, port, blockTimeMs }: ChainOptions): Daemon {
  const line = ["devnet", "--port", String(port), "--block-time", String(blockTimeMs)];
  const files = ["--genesis", places.genesis, "--state-file", places.chain];
  return {
    ...childOf("devnet", places, env),
    args: leashedArguments("neurond", [...line, ...files]),
    isReady: (signal) => answersRpc(port, signal),
  };
}

/** Everybody else, each with settings, keys and a log of its own. */
export function playerDaemons(ground: Ground, env: Environment): Promise<readonly Daemon[]> {
  return Promise.all(DAEMONS.map((player) => playerDaemon(player, ground, env)));
}

async function playerDaemon(player: Player, ground: Ground, env: Environment): Promise<Daemon> {
  const settings = await writeSettings(player, ground);
  const base =
    player.role === "proxy"
      ? operatorOf(ground, player.name, "metrics")
      : baseOf(ground, player.name);
  const own = player.cheat === "lies" ? liarsEnvironment(player, ground) : {};
  return {
    ...childOf(player.name, ground.places, { ...env, ...own }),
    args: leashedArguments(programOf(player), [settings]),
    isReady: (signal) => isReadyAt(base, signal),
  };
}

/** Whom the liar favours, and the key it signs its lies with. */
function liarsEnvironment({ name }: Player, { places, wallets }: Ground): Environment {
  return {
    LIE_FOR: addressesOf(wallets, cheatWho("loses").name).hotkey,
    BT_HOTKEY_FILE: join(places.wallets, name, "hotkeys", HOTKEY_NAME),
  };
}

/** What all processes of a localnet have in common. */
export function childOf(
  name: string,
  places: Places,
  env: Environment,
): Omit<ChildOptions, "args"> {
  const cache = { NODE_COMPILE_CACHE: COMPILE_CACHE };
  return { name, env: { ...env, ...cache }, cwd: places.root, log: places.log(name) };
}

/** Variables that would change the settings of a daemon or of a command. */
const FOREIGN =
  /^(?:BT_|EPISTULA_|NEUROND_|REVERSE_PROXY_|WALLET_|WANDB_|HOTKEY_|DATABASE_URL|REDIS_URL|(?:NODE_OPTIONS|NETUID)(?:_FILE)?$)/;
/** Those that the proxy has without a prefix, some of which other programs have too. */
const FOREIGN_TO_PROXIES =
  /^(?:HOST|PORT|RELOAD|LOG_(?:LEVEL|FORMAT)|DEBUG_REQUESTS|VALIDATE_REQUESTS|MINER_HOTKEY|CHAIN_ENDPOINT|CACHE_DURATION|ALLOWED_\w+|DENIED_SENDERS|AUTH_OPEN|SELF_DEBUG_KEY|CORS_ORIGINS|\w+_SERVER_URL|MAX_REQUEST_SIZE|MIN_STAKE_REQUIRED|RATE_LIMIT_PER_MINUTE|REQUEST_TIMEOUT)(?:_FILE)?$/;

/** What is left of the caller's environment: settings of daemons come from their files alone. */
export function cleanEnvironment(env: Environment): Environment {
  const isOurs = (name: string) => !FOREIGN.test(name) && !FOREIGN_TO_PROXIES.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isOurs(name)));
}

const Answer = z.object({ result: z.string() });

async function answersRpc(port: number, signal: AbortSignal): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "system_chain", params: [] });
  const url = new URL(`http://127.0.0.1:${port}`);
  return (await fetchJson(Answer, url, signal, { method: "POST", body })) !== undefined;
}
