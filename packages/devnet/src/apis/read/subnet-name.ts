import { SubnetIdentitiesV3, TokenSymbol } from "../../pallets/subtensor/storage/networks.ts";
import type { StateReader } from "../../state/state.ts";

const text = new TextEncoder();

/** The name the owner gave, or what the chain calls a subnet without one. */
export function subnetName(state: StateReader, netuid: number): number[] {
  const named = SubnetIdentitiesV3.get(state, netuid)?.subnet_name;
  if (named && named.length > 0) return [...named];
  return [...text.encode(netuid === 0 ? "root" : "unknown")];
}

export const tokenSymbol = (state: StateReader, netuid: number): number[] => [
  ...TokenSymbol.get(state, netuid),
];
