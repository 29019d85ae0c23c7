import { type At, type Chain, type Network, resolveNetwork } from "@neurond/chain";
import {
  CodedError,
  type Hex,
  type Mecid,
  type Netuid,
  toBlockNumber,
  toMecid,
  toNetuid,
} from "@neurond/primitives";
import type { Call } from "./call.ts";
import type { UsageCode } from "./failures.ts";
import type { SharedOptionName } from "./options.ts";

const MAX_TIMEOUT_S = 86_400;

/** Shared options of commands that talk to a chain. */
export const CHAIN_OPTIONS = [
  "subtensor.network",
  "subtensor.chain_endpoint",
  "timeout",
] as const satisfies readonly SharedOptionName[];

/** Connects as the call says, does the work, and disconnects whatever happens. */
export async function withChain<Value>(
  call: Call,
  work: (chain: Chain, network: Network) => Promise<Value>,
  network = networkOf(call),
): Promise<Value> {
  const timeoutMs = (call.integer("timeout", { min: 1, max: MAX_TIMEOUT_S }) ?? 30) * 1000;
  call.note(`${network.name}: ${withoutCredentials(network.endpoint)}`);
  const options = {
    endpoints: [network.endpoint, ...network.fallbacks],
    timeoutMs,
    writeTimeoutMs: timeoutMs * 4,
    // A development chain may make blocks only on demand; there silence is no failure.
    ...(network.name === "local" && { stallMs: 0 }),
  };
  const connecting = call.connectChain(options, call.signal);
  await using chain = await call.progress(`connecting to ${network.name}`, connecting);
  return await call.progress(`asking ${network.name}`, work(chain, network));
}

/** The network a call names. */
export function networkOf(call: Call): Network {
  return resolveNetwork({
    endpoint: call.given("subtensor.chain_endpoint"),
    network: call.given("subtensor.network"),
    env: call.env,
  });
}

/** The subnet a call names. */
export function netuidOf(call: Call): Netuid {
  const netuid = call.integer("netuid", { min: 0, max: 65_535 });
  if (netuid !== undefined) return toNetuid(netuid);
  throw new CodedError<UsageCode>("USAGE", "give --netuid");
}

/** The mechanism a call names. */
export function mecidOf(call: Call): Mecid {
  return toMecid(call.integer("mecid", { min: 0, max: 15 }) ?? 0);
}

/** A block as the person spells it: height, hash, best or finalized. */
export function parseBlock(text: string): At {
  if (text === "best" || text === "finalized") return text;
  if (isHash(text)) return text;
  if (/^\d{1,10}$/.test(text)) return toBlockNumber(Number(text));
  const message = "a block is a height, a hash, best or finalized";
  throw new CodedError<UsageCode>("USAGE", message, { text });
}

/** The block whose state a call asks for. */
export function blockOf(call: Call): At {
  return parseBlock(call.text("block") ?? "best");
}

/** An endpoint to show: providers put keys into the user name, the query, and rarely the path. */
export function withoutCredentials(endpoint: string): string {
  const { protocol, host, pathname } = new URL(endpoint);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

function isHash(text: string): text is Hex {
  return /^0x[0-9a-fA-F]{64}$/.test(text);
}
