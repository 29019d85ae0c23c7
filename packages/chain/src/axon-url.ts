import { isIPv6 } from "node:net";
import { isPrivateAddress } from "./private-address.ts";
import type { Axon } from "./serving.ts";

/**
 * Where a neuron says it serves; null for nowhere, and for addresses inside somebody's own network:
 * what a stranger wrote on chain must not send us there unless the operator says so.
 */
export function axonUrl(axon: Axon | undefined, allowPrivate: boolean): string | null {
  if (axon === undefined || axon.port === 0) return null;
  if (!allowPrivate && isPrivateAddress(axon.ip)) return null;
  return `http://${isIPv6(axon.ip) ? `[${axon.ip}]` : axon.ip}:${axon.port}`;
}
