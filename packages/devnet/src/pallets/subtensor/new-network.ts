import type { Hex } from "@neurond/primitives";
import type { State } from "../../state/state.ts";
import * as epochs from "./storage/epochs.ts";
import * as networks from "./storage/networks.ts";
import * as neurons from "./storage/neurons.ts";
import * as registration from "./storage/registration.ts";
import { MinAllowedWeights } from "./storage/weights.ts";

/** What a subnet starts with. */
export interface NewNetwork {
  readonly netuid: number;
  readonly block: number;
  readonly coldkey: Hex;
  readonly hotkey: Hex;
  /** Reserves of the pool, rao of TAO and as much alpha. */
  readonly poolRao: bigint;
}

export const DEFAULT_TEMPO = 360;
const ONE_TAO = 1_000_000_000n;

/** Writes a subnet's first parameters; it has no neurons yet and its token does not trade. */
export function createNetwork(state: State, network: NewNetwork): void {
  const { netuid, block } = network;
  networks.NetworksAdded.set(state, [netuid], true);
  networks.TotalNetworks.update(state, [], (count) => count + 1);
  networks.RegisteredSubnetCounter.update(state, [netuid], (count) => count + 1n);
  networks.NetworkRegisteredAt.set(state, [netuid], BigInt(block));
  networks.SubnetOwner.set(state, [netuid], network.coldkey);
  networks.SubnetOwnerHotkey.set(state, [netuid], network.hotkey);
  networks.SubnetMechanism.set(state, [netuid], 1);
  networks.SubnetTAO.set(state, [netuid], network.poolRao);
  networks.SubnetAlphaIn.set(state, [netuid], network.poolRao);
  networks.SubtokenEnabled.set(state, [netuid], false);

  epochs.Tempo.set(state, [netuid], DEFAULT_TEMPO);
  // Spreads the epochs of subnets that were made together over the tempo.
  const last = block - (netuid % DEFAULT_TEMPO);
  epochs.LastEpochBlock.set(state, [netuid], BigInt(Math.max(0, last)));
  epochs.MaxAllowedValidators.set(state, [netuid], 64);
  epochs.Yuma3On.set(state, [netuid], true);

  neurons.SubnetworkN.set(state, [netuid], 0);
  neurons.MaxAllowedUids.set(state, [netuid], 256);
  neurons.ImmunityPeriod.set(state, [netuid], 5_000);
  MinAllowedWeights.set(state, [netuid], 1);
  registration.NetworkRegistrationAllowed.set(state, [netuid], true);
  registration.Burn.set(state, [netuid], ONE_TAO);
}
