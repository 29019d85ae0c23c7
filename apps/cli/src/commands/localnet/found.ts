import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { CodedError } from "@neurond/primitives";
import { API, AUDITOR, DAEMONS, NEURONS, OWNER, PROXIES } from "./cast.ts";
import type { Places } from "./directory.ts";
import { localnetError } from "./errors.ts";
import { readFounding, writeFounding, writeGenesis } from "./founding.ts";
import { GATEWAY, type Ground, OPERATORS_PORTS, operatorsName, RELAY } from "./ground.ts";
import { walletsOf } from "./keys.ts";
import { findLoopback } from "./loopback.ts";
import { freePorts, isPortFree } from "./ports.ts";

/** What the person chose of what a localnet is founded with. */
export interface FoundingOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly timelocked: boolean;
}

/** What a localnet stands on, and the port of its chain. */
export interface Founded extends Ground {
  readonly chainPort: number;
}

/**
 * Settles keys, ports and block 0: those of an earlier start where there was one, else new ones.
 *
 * @throws CodedError PORT_IN_USE, LOCALNET_DIFFERS
 */
export async function found(
  places: Places,
  { port, timelocked }: FoundingOptions,
): Promise<Founded> {
  const before = await readFounding(places);
  if (before !== undefined && before.timelocked !== timelocked) {
    const had = before.timelocked ? "with" : "without";
    const message = `${places.root} was founded ${had} --timelocked: give the same, or --fresh`;
    throw localnetError("LOCALNET_DIFFERS", message, { root: places.root });
  }
  const chainPort = await chainPortOf(port);
  const loopback = await findLoopback();
  const operators = PROXIES.flatMap(({ name }) =>
    OPERATORS_PORTS.map((port) => operatorsName(name, port)),
  );
  const names = [...DAEMONS.map(({ name }) => name), ...operators, GATEWAY, RELAY];
  const ports = await freePorts(loopback.host, names, before?.ports);
  const owners = [OWNER, ...[...NEURONS, AUDITOR, API].map(({ name }) => name)];
  const wallets = await walletsOf(places.wallets, owners);
  if (!existsSync(places.chain)) await writeGenesis(places, wallets, { timelocked });
  await writeFounding(places, { v: 1, timelocked, ports });
  const adminToken = randomBytes(16).toString("hex");
  const chainUrl = `ws://127.0.0.1:${chainPort}`;
  return { places, loopback, ports, adminToken, wallets, chainPort, chainUrl };
}

async function chainPortOf(port: number): Promise<number> {
  const host = "127.0.0.1";
  if (port === 0) return (await freePorts(host, ["chain"]))["chain"] ?? 0;
  if (await isPortFree(host, port)) return port;
  const message = `port ${port} on ${host} is taken: stop what uses it or choose another with --port`;
  throw new CodedError("PORT_IN_USE", message, { port, host });
}
