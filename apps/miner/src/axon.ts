import type { Axon, Chain, Metagraph, Signer, Submission } from "@neurond/chain";
import { hotkeyOf } from "@neurond/primitives";

/** Where validators are to reach us. */
export interface Endpoint {
  /** IPv4 or IPv6. */
  readonly ip: string;
  readonly port: number;
}

/** What a look at the chain came to. */
export type AxonState =
  /** The chain says what we want it to say. */
  | { readonly kind: "settled" }
  | { readonly kind: "unregistered" }
  | { readonly kind: "submitted"; readonly submission: Submission };

/** Version of the protocol we serve, as the chain's field wants it. */
const AXON_VERSION = 1;

/**
 * Says on chain where we serve, if the chain says anything else: at the first start, after a change
 * of address, and after the hotkey was registered anew, which forgets the axon. Otherwise nothing is
 * sent, so it may be called for every metagraph. A null endpoint is not to be announced.
 */
export async function announceAxon(
  deps: { readonly chain: Pick<Chain, "serveAxon">; readonly signer: Signer },
  metagraph: Metagraph,
  endpoint: Endpoint | null,
  signal: AbortSignal,
): Promise<AxonState> {
  const neuron = metagraph.byHotkey.get(hotkeyOf(deps.signer.publicKey));
  if (neuron === undefined) return { kind: "unregistered" };
  if (endpoint === null || isServedAt(neuron.axon, endpoint)) return { kind: "settled" };
  const { ip, port } = endpoint;
  const { netuid } = metagraph;
  const axon = { netuid, ip, port, version: AXON_VERSION };
  return {
    kind: "submitted",
    submission: await deps.chain.serveAxon(deps.signer, axon, { signal }),
  };
}

function isServedAt(axon: Axon | undefined, { ip, port }: Endpoint): boolean {
  return axon !== undefined && axon.port === port && canonicalIp(axon.ip) === canonicalIp(ip);
}

/** One spelling for each address: an IPv6 one has many. */
function canonicalIp(ip: string): string {
  return ip.includes(":") ? new URL(`http://[${ip}]`).hostname : ip;
}
