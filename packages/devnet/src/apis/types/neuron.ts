import { axonInfo, prometheusInfo } from "../../pallets/subtensor/types.ts";
import { struct, tuple, vec } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { bool, compactU16, compactU64 } from "../../scale/primitives.ts";
import type { ValueOf } from "../../scale/type.ts";
import { infoPath } from "./names.ts";

const fields = {
  hotkey: accountId,
  coldkey: accountId,
  uid: compactU16,
  netuid: compactU16,
  active: bool,
  axon_info: axonInfo,
  prometheus_info: prometheusInfo,
  stake: vec(tuple(accountId, compactU64)),
  rank: compactU16,
  emission: compactU64,
  incentive: compactU16,
  consensus: compactU16,
  trust: compactU16,
  validator_trust: compactU16,
  dividends: compactU16,
  last_update: compactU64,
  validator_permit: bool,
};
const row = vec(tuple(compactU16, compactU16));

/** A neuron without its weights and bonds. */
export const neuronInfoLite = struct(infoPath("neuron_info", "NeuronInfoLite"), {
  ...fields,
  pruning_score: compactU16,
});
export type NeuronInfoLite = ValueOf<typeof neuronInfoLite>;

export const neuronInfo = struct(infoPath("neuron_info", "NeuronInfo"), {
  ...fields,
  weights: row,
  bonds: row,
  pruning_score: compactU16,
});
export type NeuronInfo = ValueOf<typeof neuronInfo>;
