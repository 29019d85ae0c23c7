import { i96f32, subnetIdentity, u64f64 } from "../../pallets/subtensor/types.ts";
import { array, option, struct, variant, vec } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { accounts, compactU64s } from "../../scale/lists.ts";
import {
  bool,
  bytes,
  compactU16,
  compactU32,
  compactU64,
  compactU128,
  i64,
  u16,
} from "../../scale/primitives.ts";
import type { ValueOf } from "../../scale/type.ts";
import { compactText, infoPath } from "./names.ts";
import { neuronColumns } from "./neuron-columns.ts";

/** Signed 32.32 fixed point as raw bits. */
export const i32f32 = struct(["substrate_fixed", "FixedI64"], { bits: i64 });

const subnetInfoFields = {
  netuid: compactU16,
  rho: compactU16,
  kappa: compactU16,
  difficulty: compactU64,
  immunity_period: compactU16,
  max_allowed_validators: compactU16,
  min_allowed_weights: compactU16,
  max_weights_limit: compactU16,
  scaling_law_power: compactU16,
  subnetwork_n: compactU16,
  max_allowed_uids: compactU16,
  blocks_since_last_step: compactU64,
  tempo: compactU16,
  network_modality: compactU16,
  network_connect: vec(array(u16, 2)),
};

/** The first summary of a subnet; its last fields were renamed in the second. */
export const subnetInfo = struct(infoPath("subnet_info", "SubnetInfo"), {
  ...subnetInfoFields,
  emission_values: compactU64,
  burn: compactU64,
  owner: accountId,
});
export type SubnetInfo = ValueOf<typeof subnetInfo>;

export const subnetInfoV2 = struct(infoPath("subnet_info", "SubnetInfov2"), {
  ...subnetInfoFields,
  emission_value: compactU64,
  burn: compactU64,
  owner: accountId,
  identity: option(subnetIdentity),
});

const hyperparamFields = {
  rho: compactU16,
  kappa: compactU16,
  immunity_period: compactU16,
  min_allowed_weights: compactU16,
  max_weights_limit: compactU16,
  tempo: compactU16,
  min_difficulty: compactU64,
  max_difficulty: compactU64,
  weights_version: compactU64,
  weights_rate_limit: compactU64,
  adjustment_interval: compactU16,
  activity_cutoff: compactU64,
  registration_allowed: bool,
  target_regs_per_interval: compactU16,
  min_burn: compactU64,
  max_burn: compactU64,
  bonds_moving_avg: compactU64,
  max_regs_per_block: compactU16,
  serving_rate_limit: compactU64,
  max_validators: compactU16,
  adjustment_alpha: compactU64,
  difficulty: compactU64,
  commit_reveal_period: compactU64,
  commit_reveal_weights_enabled: bool,
  alpha_high: compactU16,
  alpha_low: compactU16,
  liquid_alpha_enabled: bool,
};

export const hyperparams = struct(infoPath("subnet_info", "SubnetHyperparams"), hyperparamFields);
export type Hyperparams = ValueOf<typeof hyperparams>;

export const hyperparamsV2 = struct(infoPath("subnet_info", "SubnetHyperparamsV2"), {
  ...hyperparamFields,
  alpha_sigmoid_steepness: i32f32,
  yuma_version: compactU16,
  subnet_is_active: bool,
  transfers_enabled: bool,
  bonds_reset_enabled: bool,
  user_liquidity_enabled: bool,
});
export type HyperparamsV2 = ValueOf<typeof hyperparamsV2>;

/** A parameter found by its name: the list may grow without breaking its readers. */
export const hyperparamEntry = struct(infoPath("subnet_info", "HyperparamEntry"), {
  name: bytes,
  value: variant(infoPath("subnet_info", "HyperparamValue"), {
    Bool: [0, bool],
    U16: [1, compactU16],
    U32: [2, compactU32],
    U64: [3, compactU64],
    U128: [4, compactU128],
    TaoBalance: [5, compactU64],
    I32F32: [6, i32f32],
    U64F64: [7, u64f64],
  }),
});
export type HyperparamEntry = ValueOf<typeof hyperparamEntry>;

/** What a subnet is worth and emits at this block. */
export const dynamicInfo = struct(infoPath("dynamic_info", "DynamicInfo"), {
  netuid: compactU16,
  owner_hotkey: accountId,
  owner_coldkey: accountId,
  subnet_name: compactText,
  token_symbol: compactText,
  tempo: compactU16,
  last_step: compactU64,
  blocks_since_last_step: compactU64,
  emission: compactU64,
  alpha_in: compactU64,
  alpha_out: compactU64,
  tao_in: compactU64,
  alpha_out_emission: compactU64,
  alpha_in_emission: compactU64,
  tao_in_emission: compactU64,
  pending_alpha_emission: compactU64,
  pending_root_emission: compactU64,
  subnet_volume: compactU128,
  network_registered_at: compactU64,
  subnet_identity: option(subnetIdentity),
  moving_price: i96f32,
});
export type DynamicInfo = ValueOf<typeof dynamicInfo>;

/** The neurons of a subnet, list by list. */
export const subnetState = struct(infoPath("show_subnet", "SubnetState"), {
  netuid: compactU16,
  hotkeys: accounts,
  coldkeys: accounts,
  ...neuronColumns,
  emission_history: vec(compactU64s),
});
