import { IdentitiesV2 } from "../../pallets/subtensor/storage/limits.ts";
import * as neurons from "../../pallets/subtensor/storage/neurons.ts";
import type { AxonInfo } from "../../pallets/subtensor/types.ts";
import type { Metagraph } from "../types/metagraph.ts";
import type { SubnetReader } from "./subnet-reader.ts";

/** What an unserved neuron has instead of an axon. */
export const NO_AXON: AxonInfo = {
  block: 0n,
  version: 0,
  ip: 0n,
  port: 0,
  ip_type: 0,
  protocol: 0,
  placeholder1: 0,
  placeholder2: 0,
};

const FRACTION_BITS = 64n;

type NeuronField =
  | "hotkeys"
  | "coldkeys"
  | "identities"
  | "axons"
  | "active"
  | "validator_permit"
  | "pruning_score"
  | "last_update"
  | "emission"
  | "dividends"
  | "incentives"
  | "consensus"
  | "trust"
  | "rank"
  | "block_at_registration"
  | "alpha_stake"
  | "tao_stake"
  | "total_stake";

/** How each list of a subnet's neurons is read; the lists are in order of uid. */
export const neuronLists: {
  readonly [K in NeuronField]: (subnet: SubnetReader) => Metagraph[K];
} = {
  hotkeys: ({ hotkeys }) => hotkeys,
  coldkeys: ({ coldkeys }) => coldkeys,
  // Few have an identity or an axon: those are looked for, not everybody's.
  identities: ({ state, coldkeys }) => {
    const known = new Map([...IdentitiesV2.entries(state)].map(([[key], value]) => [key, value]));
    return coldkeys.map((coldkey) => known.get(coldkey));
  },
  axons: ({ state, netuid, hotkeys }) => {
    const served = new Map(
      [...neurons.Axons.entries(state, netuid)].map(([[, key], axon]) => [key, axon]),
    );
    return hotkeys.map((hotkey) => served.get(hotkey) ?? NO_AXON);
  },
  active: ({ state, netuid }) => neurons.Active.get(state, netuid),
  validator_permit: ({ state, netuid }) => neurons.ValidatorPermit.get(state, netuid),
  last_update: ({ state, index }) => neurons.LastUpdate.get(state, index),
  emission: ({ state, netuid }) => neurons.Emission.get(state, netuid),
  dividends: ({ state, netuid }) => neurons.Dividends.get(state, netuid),
  incentives: ({ state, index }) => neurons.Incentive.get(state, index),
  consensus: ({ state, netuid }) => neurons.Consensus.get(state, netuid),
  // Not computed any more; clients still expect the fields.
  pruning_score: () => [],
  trust: () => [],
  rank: () => [],
  block_at_registration: ({ state, netuid, uids }) =>
    uids.map((uid) => neurons.BlockAtRegistration.get(state, netuid, uid)),
  alpha_stake: ({ stakes }) => stakes.map(({ alpha }) => alpha),
  tao_stake: ({ stakes }) => stakes.map(({ tao }) => tao),
  total_stake: ({ stakes }) => stakes.map(({ total }) => total >> FRACTION_BITS),
};
