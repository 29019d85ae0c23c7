import { vec } from "../../scale/compose.ts";
import { compactU16s, compactU64s } from "../../scale/lists.ts";
import { bool } from "../../scale/primitives.ts";

/** Lists by uid that every summary of a subnet's neurons has, in the order of the runtime. */
export const neuronColumns = {
  active: vec(bool),
  validator_permit: vec(bool),
  pruning_score: compactU16s,
  last_update: compactU64s,
  emission: compactU64s,
  dividends: compactU16s,
  incentives: compactU16s,
  consensus: compactU16s,
  trust: compactU16s,
  rank: compactU16s,
  block_at_registration: compactU64s,
  alpha_stake: compactU64s,
  tao_stake: compactU64s,
  total_stake: compactU64s,
};
