import { activityCutoff } from "../../pallets/subtensor/block/epoch-input.ts";
import * as emission from "../../pallets/subtensor/storage/emission.ts";
import * as epochs from "../../pallets/subtensor/storage/epochs.ts";
import { ServingRateLimit } from "../../pallets/subtensor/storage/limits.ts";
import * as networks from "../../pallets/subtensor/storage/networks.ts";
import * as neurons from "../../pallets/subtensor/storage/neurons.ts";
import * as registration from "../../pallets/subtensor/storage/registration.ts";
import * as weights from "../../pallets/subtensor/storage/weights.ts";
import type { Selectable } from "../types/metagraph.ts";
import { commitmentsOf } from "./commitments.ts";
import { neuronLists } from "./neuron-lists.ts";
import { subnetName, tokenSymbol } from "./subnet-name.ts";
import type { SubnetReader } from "./subnet-reader.ts";

type Read<T> = (subnet: SubnetReader) => T;

/** Alpha that waits for the next epoch, without the owner's cut. */
export const pendingAlpha: Read<bigint> = ({ state, netuid }) =>
  emission.PendingServerEmission.get(state, netuid) +
  emission.PendingValidatorEmission.get(state, netuid);

/** How each field of a metagraph is read. */
export const metagraphReaders: { readonly [K in keyof Selectable]: Read<Selectable[K]> } = {
  // A mechanism's metagraph carries its storage index here.
  netuid: ({ index }) => index,
  name: ({ state, netuid }) => subnetName(state, netuid),
  symbol: ({ state, netuid }) => tokenSymbol(state, netuid),
  identity: ({ state, netuid }) => networks.SubnetIdentitiesV3.get(state, netuid),
  network_registered_at: ({ state, netuid }) => networks.NetworkRegisteredAt.get(state, netuid),
  owner_hotkey: ({ state, netuid }) => networks.SubnetOwnerHotkey.get(state, netuid),
  owner_coldkey: ({ state, netuid }) => networks.SubnetOwner.get(state, netuid),
  block: ({ view }) => BigInt(view.block),
  tempo: ({ state, netuid }) => epochs.Tempo.get(state, netuid),
  last_step: ({ state, netuid }) => epochs.LastMechansimStepBlock.get(state, netuid),
  blocks_since_last_step: ({ state, netuid }) => epochs.BlocksSinceLastStep.get(state, netuid),
  subnet_emission: ({ state, netuid }) => emission.SubnetTaoInEmission.get(state, netuid),
  alpha_in: ({ state, netuid }) => networks.SubnetAlphaIn.get(state, netuid),
  alpha_out: ({ state, netuid }) => networks.SubnetAlphaOut.get(state, netuid),
  tao_in: ({ state, netuid }) => networks.SubnetTAO.get(state, netuid),
  alpha_out_emission: ({ state, netuid }) => emission.SubnetAlphaOutEmission.get(state, netuid),
  alpha_in_emission: ({ state, netuid }) => emission.SubnetAlphaInEmission.get(state, netuid),
  tao_in_emission: ({ state, netuid }) => emission.SubnetTaoInEmission.get(state, netuid),
  pending_alpha_emission: pendingAlpha,
  pending_root_emission: () => 0n,
  subnet_volume: ({ state, netuid }) => networks.SubnetVolume.get(state, netuid),
  moving_price: ({ state, netuid }) => networks.SubnetMovingPrice.get(state, netuid),
  rho: ({ state, netuid }) => epochs.Rho.get(state, netuid),
  kappa: ({ state, netuid }) => epochs.Kappa.get(state, netuid),
  min_allowed_weights: ({ state, netuid }) => weights.MinAllowedWeights.get(state, netuid),
  max_weights_limit: ({ state, netuid }) => weights.MaxWeightsLimit.get(state, netuid),
  weights_version: ({ state, netuid }) => weights.WeightsVersionKey.get(state, netuid),
  weights_rate_limit: ({ state, netuid }) => weights.WeightsSetRateLimit.get(state, netuid),
  activity_cutoff: ({ state, netuid }) => BigInt(activityCutoff(state, netuid)),
  max_validators: ({ state, netuid }) => epochs.MaxAllowedValidators.get(state, netuid),
  num_uids: ({ state, netuid }) => neurons.SubnetworkN.get(state, netuid),
  max_uids: ({ state, netuid }) => neurons.MaxAllowedUids.get(state, netuid),
  burn: ({ state, netuid }) => registration.Burn.get(state, netuid),
  difficulty: ({ state, netuid }) => registration.Difficulty.get(state, netuid),
  registration_allowed: ({ state, netuid }) =>
    registration.NetworkRegistrationAllowed.get(state, netuid),
  pow_registration_allowed: ({ state, netuid }) =>
    registration.NetworkPowRegistrationAllowed.get(state, netuid),
  immunity_period: ({ state, netuid }) => neurons.ImmunityPeriod.get(state, netuid),
  min_difficulty: ({ state, netuid }) => registration.MinDifficulty.get(state, netuid),
  max_difficulty: ({ state, netuid }) => registration.MaxDifficulty.get(state, netuid),
  min_burn: ({ state, netuid }) => registration.MinBurn.get(state, netuid),
  max_burn: ({ state, netuid }) => registration.MaxBurn.get(state, netuid),
  adjustment_alpha: ({ state, netuid }) => registration.AdjustmentAlpha.get(state, netuid),
  adjustment_interval: ({ state, netuid }) => registration.AdjustmentInterval.get(state, netuid),
  target_regs_per_interval: ({ state, netuid }) =>
    registration.TargetRegistrationsPerInterval.get(state, netuid),
  max_regs_per_block: ({ state, netuid }) =>
    registration.MaxRegistrationsPerBlock.get(state, netuid),
  serving_rate_limit: ({ state, netuid }) => ServingRateLimit.get(state, netuid),
  commit_reveal_weights_enabled: ({ state, netuid }) =>
    weights.CommitRevealWeightsEnabled.get(state, netuid),
  commit_reveal_period: ({ state, netuid }) => weights.RevealPeriodEpochs.get(state, netuid),
  liquid_alpha_enabled: ({ state, netuid }) => epochs.LiquidAlphaOn.get(state, netuid),
  alpha_high: ({ state, netuid }) => epochs.AlphaValues.get(state, netuid)[1],
  alpha_low: ({ state, netuid }) => epochs.AlphaValues.get(state, netuid)[0],
  bonds_moving_avg: ({ state, netuid }) => epochs.BondsMovingAverage.get(state, netuid),
  ...neuronLists,
  tao_dividends_per_hotkey: ({ hotkeys }) => hotkeys.map((hotkey) => [hotkey, 0n]),
  alpha_dividends_per_hotkey: ({ state, netuid, hotkeys }) => {
    const earned = new Map(
      [...emission.AlphaDividendsPerSubnet.entries(state, netuid)].map(
        ([[, hotkey], amount]) => [hotkey, amount] as const,
      ),
    );
    return hotkeys.map((hotkey) => [hotkey, earned.get(hotkey) ?? 0n]);
  },
  validators: ({ state, netuid }) =>
    neurons.ValidatorPermit.get(state, netuid).flatMap((permit, uid) => (permit ? [uid] : [])),
  commitments: ({ state, netuid }) => commitmentsOf(state, netuid),
};
