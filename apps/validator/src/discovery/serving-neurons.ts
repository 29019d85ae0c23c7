import {
  axonUrl,
  type Chain,
  type Commitment,
  isPrivateAddress,
  type Neuron,
} from "@neurond/chain";
import type { Hotkey } from "@neurond/primitives";
import { classifyCommitment, endpointUrl } from "@neurond/registry";
import type { Identity } from "../validator.ts";
import type { Discovery } from "./discovery.ts";

/** A neuron, and where it is asked; null for nowhere. */
export interface ServingNeuron extends Neuron {
  readonly url: string | null;
}

/** What finding miners takes of a validator. */
export interface ServingDeps {
  readonly chain: Pick<Chain, "metagraph" | "commitments">;
  readonly identity: Pick<Identity, "netuid">;
  readonly discovery: Discovery;
}

/** The subnet's neurons with the address each of them announced where this validator looks. */
export async function servingNeurons(
  { chain, identity: { netuid }, discovery }: ServingDeps,
  signal: AbortSignal,
): Promise<readonly ServingNeuron[]> {
  const { neurons, blockHash: at } = await chain.metagraph({ netuid }, { signal });
  const commitments =
    discovery.source === "axon" ? [] : await chain.commitments(netuid, { at, signal });
  const byHotkey = new Map<Hotkey, Commitment>(commitments.map((one) => [one.hotkey, one]));
  return neurons.map((neuron) => {
    return { ...neuron, url: urlOf(neuron, byHotkey.get(neuron.hotkey), discovery) };
  });
}

function urlOf(
  { axon }: Neuron,
  commitment: Commitment | undefined,
  { source, scheme, allowPrivate }: Discovery,
): string | null {
  const registered = commitment && registeredUrl(commitment, scheme, allowPrivate);
  if (registered) return registered;
  return source === "registry" ? null : axonUrl(axon, allowPrivate);
}

/** A registered endpoint that can be asked. What a name leads to is checked when it is connected to. */
function registeredUrl(
  { fields }: Commitment,
  scheme: Discovery["scheme"],
  allowPrivate: boolean,
): string | null {
  const entry = classifyCommitment(fields);
  if (entry.kind !== "endpoint" || entry.endpoint.port === 0) return null;
  const { address, kind } = entry.endpoint;
  if (!allowPrivate && kind !== "name" && isPrivateAddress(address)) return null;
  return endpointUrl(entry.endpoint, scheme);
}
