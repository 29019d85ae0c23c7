import type { Hex } from "@neurond/primitives";
import { sudoKey } from "../pallets/sudo.ts";
import type { State } from "../state/state.ts";
import { devAccount, devFunds, endow, type Funded } from "./accounts.ts";
import { openAdminWindow, readySubnet, writeFirstSubnet, writeRoot } from "./presets.ts";
import { type GenesisSubnet, writeSubnet } from "./subnet.ts";

/**
 * What block 0 contains. `upstream`: root and netuid 1 like upstream's local chain; `empty`: root
 * only; `subnet`: as upstream, and a started subnet with neurons as netuid 2.
 */
export type Preset = "upstream" | "empty" | "subnet";

export interface GenesisOptions {
  readonly preset: Preset;
  /** Instead of the preset's own ready subnet, or beside netuid 1. */
  readonly subnets?: readonly GenesisSubnet[];
  /** Beside the development accounts. */
  readonly funded?: readonly Funded[];
  /** The account that acts as root; `//Alice` unless given. */
  readonly sudo?: Hex;
}

/** Writes the state of block 0 into an empty state. */
export function writeGenesis(state: State, options: GenesisOptions): void {
  const { preset, funded = [], sudo = devAccount("//Alice") } = options;
  endow(state, [...devFunds(), ...funded]);
  sudoKey.set(state, [], sudo);
  writeRoot(state);
  if (preset !== "empty") writeFirstSubnet(state);
  const subnets = options.subnets ?? (preset === "subnet" ? [readySubnet()] : []);
  for (const subnet of subnets) writeSubnet(state, subnet);
  if (preset === "subnet") openAdminWindow(state);
}
