import { doorOf, type Player } from "./cast.ts";
import type { Places } from "./directory.ts";
import type { Addresses } from "./keys.ts";
import type { Loopback } from "./loopback.ts";

/** What the settings of all daemons follow from. */
export interface Ground {
  readonly places: Places;
  readonly chainUrl: string;
  readonly loopback: Loopback;
  /** By player; the relay's is `relay`, and proxies have another one for their operator. */
  readonly ports: Readonly<Record<string, number>>;
  /** Secret of the proxies' operator. */
  readonly adminToken: string;
  readonly wallets: ReadonlyMap<string, Addresses>;
}

/** Name of the relay's port, at which the late miner is announced. */
export const RELAY = "relay";
/** Name of the port at which the API node speaks S3. */
export const GATEWAY = "gateway";
export const MIB = 1_048_576;
/** Everybody calls from one address, so the limit per address must be that of everybody. */
export const REQUESTS_PER_MINUTE = 100_000;
/** The port a player listens on. */
export function portOf({ ports }: Pick<Ground, "ports">, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`${name} has no port`);
  return port;
}

/** Ports of a proxy that are its operator's: where it tells how it is, and where it takes commands. */
export const OPERATORS_PORTS = ["metrics", "admin"] as const;
export type OperatorsPort = (typeof OPERATORS_PORTS)[number];

/** One of the ports that are nobody's business but the operator's. */
export function operatorsPort(
  ground: Pick<Ground, "ports">,
  proxy: string,
  port: OperatorsPort,
): number {
  return portOf(ground, operatorsName(proxy, port));
}

/** Name of such a port. */
export const operatorsName = (proxy: string, port: OperatorsPort): string => `${proxy}-${port}`;

/** The port that stands on chain for a neuron: a miner's is that of its proxy, or of the slow line to it. */
export function entranceOf(ground: Pick<Ground, "ports">, { name, role, cheat }: Player): number {
  if (cheat === "late") return portOf(ground, RELAY);
  return portOf(ground, role === "miner" ? doorOf(name).name : name);
}
