import type { ConnectOptions } from "./connect.ts";
import { resolveNetwork } from "./networks.ts";
import type { Environment } from "./wallet/places.ts";

/** How to connect to the chain that a daemon's configuration and environment name. */
export function connectOptions(
  settings: {
    readonly endpoint?: string | undefined;
    readonly network?: string | undefined;
    /** `stallMs` in seconds, as operators write it. */
    readonly stallSeconds?: number | undefined;
  },
  env: Environment,
): ConnectOptions {
  const { endpoint, network, stallSeconds } = settings;
  const { endpoint: first, fallbacks } = resolveNetwork({ endpoint, network, env });
  return {
    endpoints: [first, ...fallbacks],
    ...(stallSeconds === undefined ? {} : { stallMs: stallSeconds * 1000 }),
  };
}
