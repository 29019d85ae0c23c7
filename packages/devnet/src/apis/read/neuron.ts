import type { Hex } from "@neurond/primitives";
import { neuronStake } from "../../pallets/subtensor/stake-weight.ts";
import * as neurons from "../../pallets/subtensor/storage/neurons.ts";
import { Owner } from "../../pallets/subtensor/storage/stake.ts";
import { Bonds, Weights } from "../../pallets/subtensor/storage/weights.ts";
import type { PrometheusInfo } from "../../pallets/subtensor/types.ts";
import { pairsOf } from "../../yuma/pair-row.ts";
import type { NeuronInfo, NeuronInfoLite } from "../types/neuron.ts";
import { NO_AXON } from "./neuron-lists.ts";
import type { SubnetReader } from "./subnet-reader.ts";

const NO_PROMETHEUS: PrometheusInfo = { block: 0n, version: 0, ip: 0n, port: 0, ip_type: 0 };
/** What a neuron had before it earned anything; the score itself is gone. */
const PRUNING_SCORE = 65_535;
const FRACTION_BITS = 64n;

/** Reads neurons of one subnet; the subnet's lists are decoded once for all of them. */
export function neuronReader(subnet: SubnetReader): {
  readonly lite: (uid: number) => NeuronInfoLite;
  readonly full: (uid: number) => NeuronInfo;
} {
  const { state, netuid } = subnet;
  const lists = {
    active: neurons.Active.get(state, netuid),
    emission: neurons.Emission.get(state, netuid),
    incentive: neurons.Incentive.get(state, netuid),
    consensus: neurons.Consensus.get(state, netuid),
    validatorTrust: neurons.ValidatorTrust.get(state, netuid),
    dividends: neurons.Dividends.get(state, netuid),
    lastUpdate: neurons.LastUpdate.get(state, netuid),
    permits: neurons.ValidatorPermit.get(state, netuid),
  };
  const stakeOf = (hotkey: Hex, coldkey: Hex): [Hex, bigint][] => [
    [coldkey, neuronStake(state, hotkey, netuid).total >> FRACTION_BITS],
  ];
  const lite = (uid: number): NeuronInfoLite => {
    const hotkey = neurons.Keys.get(state, netuid, uid);
    const coldkey = Owner.get(state, hotkey);
    return {
      hotkey,
      coldkey,
      uid,
      netuid,
      active: lists.active[uid] ?? false,
      axon_info: neurons.Axons.get(state, netuid, hotkey) ?? NO_AXON,
      prometheus_info: neurons.Prometheus.get(state, netuid, hotkey) ?? NO_PROMETHEUS,
      stake: stakeOf(hotkey, coldkey),
      rank: 0,
      emission: lists.emission[uid] ?? 0n,
      incentive: lists.incentive[uid] ?? 0,
      consensus: lists.consensus[uid] ?? 0,
      trust: 0,
      validator_trust: lists.validatorTrust[uid] ?? 0,
      dividends: lists.dividends[uid] ?? 0,
      last_update: lists.lastUpdate[uid] ?? 0n,
      validator_permit: lists.permits[uid] ?? false,
      pruning_score: PRUNING_SCORE,
    };
  };
  const full = (uid: number): NeuronInfo => ({
    ...lite(uid),
    weights: pairsOf(Weights.get(state, netuid, uid)),
    bonds: pairsOf(Bonds.get(state, netuid, uid)),
  });
  return { lite, full };
}
