import { axonInfo, chainIdentity, i96f32, subnetIdentity } from "../../pallets/subtensor/types.ts";
import { option, struct, tuple, vec } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { accountAmounts, accounts, compactU16s, listOf } from "../../scale/lists.ts";
import { bool, compactU16, compactU64, compactU128 } from "../../scale/primitives.ts";
import type { AnyType, Type, ValueOf } from "../../scale/type.ts";
import { compactText, infoPath } from "./names.ts";
import { neuronColumns } from "./neuron-columns.ts";

const AXON_BYTES = 34;
const WORD = 2n ** 64n;

/** `Vec<AxonInfo>`, all numbers of fixed width. */
const axons = listOf(axonInfo, AXON_BYTES, (out, axon, at) => {
  out.writeBigUInt64LE(axon.block, at);
  out.writeUInt32LE(axon.version, at + 8);
  out.writeBigUInt64LE(axon.ip % WORD, at + 12);
  out.writeBigUInt64LE(axon.ip / WORD, at + 20);
  out.writeUInt16LE(axon.port, at + 28);
  const { ip_type, protocol, placeholder1, placeholder2 } = axon;
  out.set([ip_type, protocol, placeholder1, placeholder2], at + 30);
  return at + 34;
});

/** Fields in order; their positions are the indexes of the selective metagraph. */
export const metagraphFields = {
  netuid: compactU16,
  name: compactText,
  symbol: compactText,
  identity: option(subnetIdentity),
  network_registered_at: compactU64,
  owner_hotkey: accountId,
  owner_coldkey: accountId,
  block: compactU64,
  tempo: compactU16,
  last_step: compactU64,
  blocks_since_last_step: compactU64,
  subnet_emission: compactU64,
  alpha_in: compactU64,
  alpha_out: compactU64,
  tao_in: compactU64,
  alpha_out_emission: compactU64,
  alpha_in_emission: compactU64,
  tao_in_emission: compactU64,
  pending_alpha_emission: compactU64,
  pending_root_emission: compactU64,
  subnet_volume: compactU128,
  moving_price: i96f32,
  rho: compactU16,
  kappa: compactU16,
  min_allowed_weights: compactU16,
  max_weights_limit: compactU16,
  weights_version: compactU64,
  weights_rate_limit: compactU64,
  activity_cutoff: compactU64,
  max_validators: compactU16,
  num_uids: compactU16,
  max_uids: compactU16,
  burn: compactU64,
  difficulty: compactU64,
  registration_allowed: bool,
  pow_registration_allowed: bool,
  immunity_period: compactU16,
  min_difficulty: compactU64,
  max_difficulty: compactU64,
  min_burn: compactU64,
  max_burn: compactU64,
  adjustment_alpha: compactU64,
  adjustment_interval: compactU16,
  target_regs_per_interval: compactU16,
  max_regs_per_block: compactU16,
  serving_rate_limit: compactU64,
  commit_reveal_weights_enabled: bool,
  commit_reveal_period: compactU64,
  liquid_alpha_enabled: bool,
  alpha_high: compactU16,
  alpha_low: compactU16,
  bonds_moving_avg: compactU64,
  hotkeys: accounts,
  coldkeys: accounts,
  identities: vec(option(chainIdentity)),
  axons,
  ...neuronColumns,
  tao_dividends_per_hotkey: accountAmounts,
  alpha_dividends_per_hotkey: accountAmounts,
} satisfies Record<string, AnyType>;

/** Everything about a subnet and its neurons in one answer. */
export const metagraph = struct(infoPath("metagraph", "Metagraph"), metagraphFields);
export type Metagraph = ValueOf<typeof metagraph>;

/** Fields that only the selective metagraph has. */
export const selectiveOnlyFields = {
  validators: compactU16s,
  commitments: vec(tuple(accountId, compactText)),
} satisfies Record<string, AnyType>;

const selectable = { ...metagraphFields, ...selectiveOnlyFields };
export type Selectable = { [K in keyof typeof selectable]: ValueOf<(typeof selectable)[K]> };
export type SelectableField = keyof Selectable;

/** Names of the fields by index. */
export const SELECTABLE = Object.keys(selectable) as SelectableField[];

type Optional = {
  [K in keyof typeof selectable]: Type<ValueOf<(typeof selectable)[K]> | undefined>;
};
const optionals = Object.fromEntries(
  Object.entries(selectable).map(([name, type]) => [name, option(type as Type<unknown>)]),
) as Optional;

/** The metagraph with what was not asked for left out; the netuid is always there. */
export const selectiveMetagraph = struct(infoPath("metagraph", "SelectiveMetagraph"), {
  ...optionals,
  netuid: compactU16,
});
export type SelectiveMetagraph = ValueOf<typeof selectiveMetagraph>;
