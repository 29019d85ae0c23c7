import { LastHotkeyEmissionOnNetuid } from "../../pallets/subtensor/storage/emission.ts";
import { ScalingLawPower } from "../../pallets/subtensor/storage/epochs.ts";
import type { ValueOf } from "../../scale/type.ts";
import type { DynamicInfo, SubnetInfo, subnetInfoV2, subnetState } from "../types/subnet.ts";
import { metagraphReaders as read } from "./metagraph-fields.ts";
import { neuronLists } from "./neuron-lists.ts";
import { allNetuids, type SubnetReader } from "./subnet-reader.ts";

export function readSubnetInfo(subnet: SubnetReader): SubnetInfo {
  const { netuid, state } = subnet;
  return {
    netuid,
    rho: read.rho(subnet),
    kappa: read.kappa(subnet),
    difficulty: read.difficulty(subnet),
    immunity_period: read.immunity_period(subnet),
    max_allowed_validators: read.max_validators(subnet),
    min_allowed_weights: read.min_allowed_weights(subnet),
    max_weights_limit: read.max_weights_limit(subnet),
    scaling_law_power: ScalingLawPower.get(state, netuid),
    subnetwork_n: read.num_uids(subnet),
    max_allowed_uids: read.max_uids(subnet),
    blocks_since_last_step: read.blocks_since_last_step(subnet),
    tempo: read.tempo(subnet),
    network_modality: 0,
    network_connect: [],
    emission_values: read.subnet_emission(subnet),
    burn: read.burn(subnet),
    owner: read.owner_coldkey(subnet),
  };
}

export function readSubnetInfoV2(subnet: SubnetReader): ValueOf<typeof subnetInfoV2> {
  const { emission_values: emission_value, ...info } = readSubnetInfo(subnet);
  return { ...info, emission_value, identity: read.identity(subnet) };
}

export const readDynamicInfo = (subnet: SubnetReader): DynamicInfo => ({
  netuid: subnet.netuid,
  owner_hotkey: read.owner_hotkey(subnet),
  owner_coldkey: read.owner_coldkey(subnet),
  subnet_name: read.name(subnet),
  token_symbol: read.symbol(subnet),
  tempo: read.tempo(subnet),
  last_step: read.last_step(subnet),
  blocks_since_last_step: read.blocks_since_last_step(subnet),
  emission: read.subnet_emission(subnet),
  alpha_in: read.alpha_in(subnet),
  alpha_out: read.alpha_out(subnet),
  tao_in: read.tao_in(subnet),
  alpha_out_emission: read.alpha_out_emission(subnet),
  alpha_in_emission: read.alpha_in_emission(subnet),
  tao_in_emission: read.tao_in_emission(subnet),
  pending_alpha_emission: read.pending_alpha_emission(subnet),
  pending_root_emission: read.pending_root_emission(subnet),
  subnet_volume: read.subnet_volume(subnet),
  network_registered_at: read.network_registered_at(subnet),
  subnet_identity: read.identity(subnet),
  moving_price: read.moving_price(subnet),
});

export const readSubnetState = (subnet: SubnetReader): ValueOf<typeof subnetState> => ({
  netuid: subnet.netuid,
  hotkeys: neuronLists.hotkeys(subnet),
  coldkeys: neuronLists.coldkeys(subnet),
  active: neuronLists.active(subnet),
  validator_permit: neuronLists.validator_permit(subnet),
  pruning_score: neuronLists.pruning_score(subnet),
  last_update: neuronLists.last_update(subnet),
  emission: neuronLists.emission(subnet),
  dividends: neuronLists.dividends(subnet),
  incentives: neuronLists.incentives(subnet),
  consensus: neuronLists.consensus(subnet),
  trust: neuronLists.trust(subnet),
  rank: neuronLists.rank(subnet),
  block_at_registration: neuronLists.block_at_registration(subnet),
  alpha_stake: neuronLists.alpha_stake(subnet),
  tao_stake: neuronLists.tao_stake(subnet),
  total_stake: neuronLists.total_stake(subnet),
  // One list per subnet: what each of these hotkeys earned there last.
  emission_history: allNetuids(subnet.view).map((netuid) =>
    subnet.hotkeys.map((hotkey) => LastHotkeyEmissionOnNetuid.get(subnet.state, hotkey, netuid)),
  ),
});
