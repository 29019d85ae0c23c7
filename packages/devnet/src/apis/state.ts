import type { RuntimeApi } from "../frame/pallet.ts";
import { delegateInfoApi } from "./delegate-info.ts";
import { neuronInfoApi } from "./neuron-info.ts";
import { stakeInfoApi } from "./stake-info.ts";
import { subnetInfoApi } from "./subnet-info.ts";
import { subnetRegistrationApi, swapApi } from "./swap.ts";

/** The runtime APIs that need nothing but storage. */
export const stateApis: readonly RuntimeApi[] = [
  delegateInfoApi,
  neuronInfoApi,
  subnetInfoApi,
  stakeInfoApi,
  subnetRegistrationApi,
  swapApi,
];
