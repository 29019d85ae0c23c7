import type { Hex } from "@neurond/primitives";
import * as epochs from "../pallets/subtensor/storage/epochs.ts";
import { AdminFreezeWindow } from "../pallets/subtensor/storage/limits.ts";
import * as networks from "../pallets/subtensor/storage/networks.ts";
import * as neurons from "../pallets/subtensor/storage/neurons.ts";
import { NetworkRegistrationAllowed } from "../pallets/subtensor/storage/registration.ts";
import * as weights from "../pallets/subtensor/storage/weights.ts";
import type { State } from "../state/state.ts";
import { devAccount } from "./accounts.ts";
import { type GenesisSubnet, writeNeurons } from "./subnet.ts";

const ROOT = 0;
const FIRST = 1;
const GENESIS_TEMPO = 100;
const TEN_TAO = 10_000_000_000n;
const TAU = Uint8Array.of(0xce, 0xa4);

/** The root network: always there. */
export function writeRoot(state: State): void {
  networks.NetworksAdded.set(state, [ROOT], true);
  networks.TotalNetworks.update(state, [], (count) => count + 1);
  networks.TokenSymbol.set(state, [ROOT], TAU);
  networks.SubtokenEnabled.set(state, [ROOT], true);
  neurons.MaxAllowedUids.set(state, [ROOT], 64);
  neurons.SubnetworkN.set(state, [ROOT], 0);
  epochs.MaxAllowedValidators.set(state, [ROOT], 64);
  writeGenesisTempo(state, ROOT);
}

/** Netuid 1 of upstream's local chain: one neuron that nobody owns. */
export function writeFirstSubnet(state: State): void {
  networks.NetworksAdded.set(state, [FIRST], true);
  networks.TotalNetworks.update(state, [], (count) => count + 1);
  networks.SubnetMechanism.set(state, [FIRST], 1);
  networks.SubnetTAO.set(state, [FIRST], TEN_TAO);
  networks.SubnetAlphaIn.set(state, [FIRST], TEN_TAO);
  networks.SubtokenEnabled.set(state, [FIRST], true);
  neurons.MaxAllowedUids.set(state, [FIRST], 256);
  epochs.MaxAllowedValidators.set(state, [FIRST], 64);
  writeGenesisTempo(state, FIRST);
  const nobody: Hex = `0x${"00".repeat(32)}`;
  writeNeurons(state, FIRST, [{ hotkey: nobody, coldkey: nobody }]);
}

function writeGenesisTempo(state: State, netuid: number): void {
  epochs.Tempo.set(state, [netuid], GENESIS_TEMPO);
  weights.MinAllowedWeights.set(state, [netuid], 0);
  NetworkRegistrationAllowed.set(state, [netuid], true);
}

/** The subnet that preset `subnet` brings. */
export const READY_NETUID = 2;
const READY_TEMPO = 20;
const ONE_TAO = 1_000_000_000n;

/** Hotkeys of the ready subnet in order of uid, whose they are, and their stake in whole alpha. */
export const READY_NEURONS = [
  { hotkey: "//Owner", coldkey: "//Alice", stake: 100n },
  { hotkey: "//Validator1", coldkey: "//Bob", stake: 3_000n },
  { hotkey: "//Validator2", coldkey: "//Bob", stake: 2_000n },
  { hotkey: "//Validator3", coldkey: "//Bob", stake: 1_000n },
  { hotkey: "//Miner1", coldkey: "//Charlie", stake: 0n },
  { hotkey: "//Miner2", coldkey: "//Charlie", stake: 0n },
  { hotkey: "//Miner3", coldkey: "//Charlie", stake: 0n },
  { hotkey: "//Miner4", coldkey: "//Charlie", stake: 0n },
] as const;

/** A started subnet with staked validators, miners and epochs every few blocks. */
export function readySubnet(overrides: Partial<GenesisSubnet> = {}): GenesisSubnet {
  return {
    netuid: READY_NETUID,
    owner: { coldkey: devAccount("//Alice"), hotkey: devAccount("//Owner") },
    tempo: READY_TEMPO,
    commitReveal: false,
    weightsRateLimit: READY_TEMPO / 2,
    neurons: READY_NEURONS.map(({ hotkey, coldkey, stake }) => ({
      hotkey: devAccount(hotkey),
      coldkey: devAccount(coldkey),
      stakeRao: stake * ONE_TAO,
      validatorPermit: stake > 0n,
    })),
    ...overrides,
  };
}

/** With epochs every few blocks the usual freeze of ten would hardly ever let anybody change a parameter. */
export const openAdminWindow = (state: State): void => AdminFreezeWindow.set(state, [], 0);
