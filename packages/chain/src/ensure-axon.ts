import type { Netuid } from "@neurond/primitives";
import type { Chain } from "./chain.ts";
import type { Signer } from "./options.ts";
import type { Axon } from "./serving.ts";
import type { Submission } from "./submission.ts";

/** Where others are to reach a neuron. */
export interface Endpoint {
  /** IPv4 or IPv6. */
  readonly ip: string;
  readonly port: number;
}

/** Version of the protocol we serve, as the chain's field wants it. */
const AXON_VERSION = 1;

/**
 * Says on chain where a neuron serves, if the chain says anything else: at the first start, after a
 * change of address, and after the hotkey was registered anew, which forgets the axon. Null when
 * nothing had to be sent, so it may be called as often as the standing axon is read.
 */
export async function ensureAxon(
  deps: { readonly chain: Pick<Chain, "serveAxon">; readonly signer: Signer },
  wanted: {
    readonly netuid: Netuid;
    /** What the chain says now. */
    readonly standing: Axon | undefined;
    readonly endpoint: Endpoint;
  },
  signal: AbortSignal,
): Promise<Submission | null> {
  const { netuid, standing, endpoint } = wanted;
  if (isServedAt(standing, endpoint)) return null;
  const { ip, port } = endpoint;
  return deps.chain.serveAxon(deps.signer, { netuid, ip, port, version: AXON_VERSION }, { signal });
}

function isServedAt(axon: Axon | undefined, { ip, port }: Endpoint): boolean {
  return axon !== undefined && axon.port === port && canonicalIp(axon.ip) === canonicalIp(ip);
}

/** One spelling for each address: an IPv6 one has many. */
function canonicalIp(ip: string): string {
  return ip.includes(":") ? new URL(`http://[${ip}]`).hostname : ip;
}
