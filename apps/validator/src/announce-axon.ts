import { type Chain, type Endpoint, ensureAxon, type Signer } from "@neurond/chain";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";

/**
 * Sees that the chain says where we serve. True when it does; too soon or refused is for the next
 * block, because a registration may come later than we do.
 */
export async function announceAxon(
  deps: { readonly chain: Chain; readonly signer: Signer; readonly log: Logger },
  { netuid, hotkey, endpoint }: { netuid: Netuid; hotkey: Hotkey; endpoint: Endpoint },
  signal: AbortSignal,
): Promise<boolean> {
  const standing = await deps.chain.axon({ netuid, hotkey }, { signal });
  const submission = await ensureAxon(deps, { netuid, standing, endpoint }, signal);
  if (submission === null) return true;
  if (submission.kind === "included") {
    deps.log.info({ endpoint, block: submission.block }, "axon announced");
    return true;
  }
  deps.log.warn({ endpoint, submission }, "axon not announced yet");
  return false;
}
