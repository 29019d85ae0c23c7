import {
  type Chain,
  type Endpoint,
  ensureAxon,
  type Metagraph,
  type Signer,
  type Submission,
} from "@neurond/chain";
import { hotkeyOf } from "@neurond/primitives";

/** What a look at the chain came to. */
export type AxonState =
  /** The chain says what we want it to say. */
  | { readonly kind: "settled" }
  | { readonly kind: "unregistered" }
  | { readonly kind: "submitted"; readonly submission: Submission };

/**
 * Sees for a metagraph that the chain says where we serve. A null endpoint is not to be announced.
 */
export async function announceAxon(
  deps: { readonly chain: Pick<Chain, "serveAxon">; readonly signer: Signer },
  { netuid, byHotkey }: Metagraph,
  endpoint: Endpoint | null,
  signal: AbortSignal,
): Promise<AxonState> {
  const neuron = byHotkey.get(hotkeyOf(deps.signer.publicKey));
  if (neuron === undefined) return { kind: "unregistered" };
  if (endpoint === null) return { kind: "settled" };
  const submission = await ensureAxon(deps, { netuid, standing: neuron.axon, endpoint }, signal);
  return submission === null ? { kind: "settled" } : { kind: "submitted", submission };
}
