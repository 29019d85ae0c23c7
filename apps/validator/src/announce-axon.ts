import type { Axon, Chain, Signer } from "@neurond/chain";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";

const AXON_VERSION = 1;

/** Where peers are to reach us. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/**
 * Says on chain where we serve, if the chain says anything else. True when it says what we want;
 * too soon or refused is for the next block, because a registration may come later than we do.
 */
export async function announceAxon(
  deps: { readonly chain: Chain; readonly signer: Signer; readonly log: Logger },
  { netuid, hotkey, endpoint }: { netuid: Netuid; hotkey: Hotkey; endpoint: Endpoint },
  signal: AbortSignal,
): Promise<boolean> {
  const standing = await deps.chain.axon({ netuid, hotkey }, { signal });
  if (isServedAt(standing, endpoint)) return true;
  const axon = { netuid, ...endpoint, version: AXON_VERSION };
  const submission = await deps.chain.serveAxon(deps.signer, axon, { signal });
  if (submission.kind === "included") {
    deps.log.info({ endpoint, block: submission.block }, "axon announced");
    return true;
  }
  deps.log.warn({ endpoint, submission }, "axon not announced yet");
  return false;
}

function isServedAt(axon: Axon | undefined, { ip, port }: Endpoint): boolean {
  return axon !== undefined && axon.port === port && canonicalIp(axon.ip) === canonicalIp(ip);
}

/** One spelling for each address: an IPv6 one has many. */
function canonicalIp(ip: string): string {
  return ip.includes(":") ? new URL(`http://[${ip}]`).hostname : ip;
}
