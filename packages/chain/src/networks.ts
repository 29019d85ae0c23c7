import { CodedError, type ErrorEntry } from "@neurond/primitives";
import { CHAIN_ERRORS } from "./errors.ts";
import type { Environment } from "./wallet/places.ts";

/** Every way in which a network cannot be told from what was given. */
export const NETWORK_ERRORS = {
  ENDPOINT_INVALID: CHAIN_ERRORS.ENDPOINT_INVALID,
  NETWORK_UNKNOWN: {
    cause: "no network of that name is known",
    remedy: "give finney, test, archive, local or latent-lite, or the endpoint itself",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of a network that cannot be told from what was given. */
export type NetworkCode = keyof typeof NETWORK_ERRORS;

/** What was asked for; `network` may also be a URL, as in btcli. */
export interface NetworkRequest {
  readonly endpoint?: string | undefined;
  readonly network?: string | undefined;
  readonly env: Environment;
}

/** Where to connect. Accept a fallback only after its genesis hash has been compared. */
export interface Network {
  /** A name of the table, or "unknown" for an endpoint nobody named. */
  readonly name: string;
  readonly endpoint: string;
  readonly fallbacks: readonly string[];
}

interface KnownNetwork {
  readonly endpoint: string;
  readonly fallbacks: readonly string[];
}

const ARCHIVE = "wss://archive.chain.opentensor.ai:443";
const LATENT_LITE = "wss://lite.sub.latent.to:443";
const LOCAL = "ws://127.0.0.1:9944";

/** The networks of the SDK's settings (10.2) with the fallback pools of Bittensor 11. */
export const NETWORKS: Readonly<Record<string, KnownNetwork>> = {
  finney: {
    endpoint: "wss://entrypoint-finney.opentensor.ai:443",
    fallbacks: ["wss://lite.chain.opentensor.ai:443", LATENT_LITE],
  },
  test: { endpoint: "wss://test.finney.opentensor.ai:443", fallbacks: [] },
  archive: { endpoint: ARCHIVE, fallbacks: ["wss://archive.sub.latent.to:443"] },
  local: { endpoint: LOCAL, fallbacks: [] },
  "latent-lite": { endpoint: LATENT_LITE, fallbacks: [] },
};

const ENDPOINT_VARIABLES = ["BT_SUBTENSOR_CHAIN_ENDPOINT", "BT_CHAIN_ENDPOINT"];
const NETWORK_VARIABLES = ["BT_SUBTENSOR_NETWORK", "BT_NETWORK"];
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Settles the endpoint: explicit endpoint, explicit network, endpoint variable, network variable,
 * finney. The SDK lets its default network win over an explicit endpoint; that is not repeated.
 */
export function resolveNetwork({ endpoint, network, env }: NetworkRequest): Network {
  const chosen =
    endpoint ??
    network ??
    firstOf(env, ENDPOINT_VARIABLES) ??
    firstOf(env, NETWORK_VARIABLES) ??
    "finney";
  const value = chosen.trim();
  if (value === "local") return local(env);
  return named(value) ?? located(value);
}

/** `local` follows the endpoint variable, unless that points to a public network: the name would lie. */
function local(env: Environment): Network {
  const variable = firstOf(env, ENDPOINT_VARIABLES);
  if (variable !== undefined && variable !== "local" && named(variable) === undefined) {
    const { name, endpoint } = located(variable);
    if (name === "local" || name === "unknown") return { name: "local", endpoint, fallbacks: [] };
  }
  return { name: "local", endpoint: LOCAL, fallbacks: [] };
}

function named(value: string): Network | undefined {
  const known = Object.hasOwn(NETWORKS, value) ? NETWORKS[value] : undefined;
  return known && { name: value, ...known };
}

/** An endpoint somebody spelled out gets no fallbacks: it was a decision. */
function located(value: string): Network {
  const url = parseUrl(value);
  if (LOOPBACK.includes(url.hostname)) {
    return { name: "local", endpoint: withoutSlash(url), fallbacks: [] };
  }
  for (const [name, { endpoint }] of Object.entries(NETWORKS)) {
    // The whole host is compared: a known name may be the start of a stranger's.
    if (new URL(endpoint).hostname === url.hostname) return { name, endpoint, fallbacks: [] };
  }
  return { name: "unknown", endpoint: withoutSlash(url), fallbacks: [] };
}

function parseUrl(value: string): URL {
  if (/^(?:\[[0-9a-f:]+\]|[a-z0-9.-]+):\d+$/i.test(value)) return parseUrl(`ws://${value}`);
  const known = Object.keys(NETWORKS).join(", ");
  if (!value.includes("://")) {
    const text = `unknown network "${value}"; known are ${known}, or give a ws:// or wss:// endpoint`;
    throw new CodedError<NetworkCode>("NETWORK_UNKNOWN", text, { known: Object.keys(NETWORKS) });
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === "ws:" || url?.protocol === "wss:") return url;
  throw new CodedError<NetworkCode>(
    "ENDPOINT_INVALID",
    "an endpoint is a ws:// or wss:// URL, such as ws://127.0.0.1:9944",
  );
}

/** The URL as text, without the slash that a bare host gets and with the port as it was meant. */
function withoutSlash(url: URL): string {
  return url.pathname === "/" && url.search === "" ? url.href.slice(0, -1) : url.href;
}

function firstOf(env: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
}
