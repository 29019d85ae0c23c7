import * as emission from "../../pallets/subtensor/storage/emission.ts";
import * as epochs from "../../pallets/subtensor/storage/epochs.ts";
import * as networks from "../../pallets/subtensor/storage/networks.ts";
import type { HyperparamEntry, Hyperparams, HyperparamsV2 } from "../types/subnet.ts";
import { metagraphReaders as read } from "./metagraph-fields.ts";
import type { SubnetReader } from "./subnet-reader.ts";

const I32F32_ONE = 1n << 32n;

/** The parameters of a subnet in their first form. */
export const readHyperparams = (subnet: SubnetReader): Hyperparams => ({
  rho: read.rho(subnet),
  kappa: read.kappa(subnet),
  immunity_period: read.immunity_period(subnet),
  min_allowed_weights: read.min_allowed_weights(subnet),
  max_weights_limit: read.max_weights_limit(subnet),
  tempo: read.tempo(subnet),
  min_difficulty: read.min_difficulty(subnet),
  max_difficulty: read.max_difficulty(subnet),
  weights_version: read.weights_version(subnet),
  weights_rate_limit: read.weights_rate_limit(subnet),
  adjustment_interval: read.adjustment_interval(subnet),
  activity_cutoff: read.activity_cutoff(subnet),
  registration_allowed: read.registration_allowed(subnet),
  target_regs_per_interval: read.target_regs_per_interval(subnet),
  min_burn: read.min_burn(subnet),
  max_burn: read.max_burn(subnet),
  bonds_moving_avg: read.bonds_moving_avg(subnet),
  max_regs_per_block: read.max_regs_per_block(subnet),
  serving_rate_limit: read.serving_rate_limit(subnet),
  max_validators: read.max_validators(subnet),
  adjustment_alpha: read.adjustment_alpha(subnet),
  difficulty: read.difficulty(subnet),
  commit_reveal_period: read.commit_reveal_period(subnet),
  commit_reveal_weights_enabled: read.commit_reveal_weights_enabled(subnet),
  alpha_high: read.alpha_high(subnet),
  alpha_low: read.alpha_low(subnet),
  liquid_alpha_enabled: read.liquid_alpha_enabled(subnet),
});

export function readHyperparamsV2(subnet: SubnetReader): HyperparamsV2 {
  const { state, netuid } = subnet;
  const steepness = BigInt(epochs.AlphaSigmoidSteepness.get(state, netuid));
  return {
    ...readHyperparams(subnet),
    alpha_sigmoid_steepness: { bits: steepness * I32F32_ONE },
    yuma_version: epochs.Yuma3On.get(state, netuid) ? 3 : 2,
    subnet_is_active: networks.SubtokenEnabled.get(state, netuid),
    transfers_enabled: networks.TransferToggle.get(state, netuid),
    bonds_reset_enabled: epochs.BondsResetOn.get(state, netuid),
    // Only the pallet's own reserves back a pool since concentrated liquidity was removed.
    user_liquidity_enabled: false,
  };
}

type Value = HyperparamEntry["value"];
const bool = (value: boolean): Value => ({ tag: "Bool", value });
const u16 = (value: number): Value => ({ tag: "U16", value });
const u32 = (value: number): Value => ({ tag: "U32", value });
const u64 = (value: bigint): Value => ({ tag: "U64", value });
const tao = (value: bigint): Value => ({ tag: "TaoBalance", value });

const text = new TextEncoder();

/** The parameters as a list of names and values. */
export function readHyperparamsV3(subnet: SubnetReader): HyperparamEntry[] {
  const { state, netuid } = subnet;
  const v2 = readHyperparamsV2(subnet);
  const entries: readonly (readonly [name: string, value: Value])[] = [
    ["kappa", u16(v2.kappa)],
    ["immunity_period", u16(v2.immunity_period)],
    ["min_allowed_weights", u16(v2.min_allowed_weights)],
    ["max_weights_limit", u16(v2.max_weights_limit)],
    ["tempo", u16(v2.tempo)],
    ["weights_version", u64(v2.weights_version)],
    ["weights_rate_limit", u64(v2.weights_rate_limit)],
    ["activity_cutoff", u64(v2.activity_cutoff)],
    ["activity_cutoff_factor", u32(epochs.ActivityCutoffFactorMilli.get(state, netuid))],
    ["registration_allowed", bool(v2.registration_allowed)],
    ["target_regs_per_interval", u16(v2.target_regs_per_interval)],
    ["min_burn", tao(v2.min_burn)],
    ["max_burn", tao(v2.max_burn)],
    ["burn_half_life", u16(networks.BurnHalfLife.get(state, netuid))],
    ["burn_increase_mult", { tag: "U64F64", value: networks.BurnIncreaseMult.get(state, netuid) }],
    ["bonds_moving_avg", u64(v2.bonds_moving_avg)],
    ["max_regs_per_block", u16(v2.max_regs_per_block)],
    ["serving_rate_limit", u64(v2.serving_rate_limit)],
    ["max_validators", u16(v2.max_validators)],
    ["commit_reveal_period", u64(v2.commit_reveal_period)],
    ["commit_reveal_weights_enabled", bool(v2.commit_reveal_weights_enabled)],
    ["alpha_high", u16(v2.alpha_high)],
    ["alpha_low", u16(v2.alpha_low)],
    ["liquid_alpha_enabled", bool(v2.liquid_alpha_enabled)],
    ["alpha_sigmoid_steepness", { tag: "I32F32", value: v2.alpha_sigmoid_steepness }],
    ["yuma_version", u16(v2.yuma_version)],
    ["subnet_is_active", bool(v2.subnet_is_active)],
    ["transfers_enabled", bool(v2.transfers_enabled)],
    ["bonds_reset_enabled", bool(v2.bonds_reset_enabled)],
    ["user_liquidity_enabled", bool(v2.user_liquidity_enabled)],
    ["owner_cut_enabled", bool(emission.OwnerCutEnabled.get(state, netuid))],
  ];
  return entries.map(([name, value]) => ({ name: text.encode(name), value }));
}
