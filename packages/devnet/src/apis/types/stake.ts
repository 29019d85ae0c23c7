import { struct, tuple, vec } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { bool, compactU16, compactU64, u16, u64 } from "../../scale/primitives.ts";
import type { ValueOf } from "../../scale/type.ts";
import { infoPath } from "./names.ts";

/** One position of stake. */
export const stakeInfo = struct(infoPath("stake_info", "StakeInfo"), {
  hotkey: accountId,
  coldkey: accountId,
  netuid: compactU16,
  stake: compactU64,
  locked: compactU64,
  emission: compactU64,
  tao_emission: compactU64,
  drain: compactU64,
  is_registered: bool,
});
export type StakeInfo = ValueOf<typeof stakeInfo>;

export const stakeAvailability = struct(infoPath("stake_info", "StakeAvailability"), {
  total: compactU64,
  locked: compactU64,
  available: compactU64,
});

/** A hotkey that others stake to. */
export const delegateInfo = struct(infoPath("delegate_info", "DelegateInfo"), {
  delegate_ss58: accountId,
  take: compactU16,
  nominators: vec(tuple(accountId, vec(tuple(compactU16, compactU64)))),
  owner_ss58: accountId,
  registrations: vec(compactU16),
  validator_permits: vec(compactU16),
  return_per_1000: compactU64,
  total_daily_return: compactU64,
});
export type DelegateInfo = ValueOf<typeof delegateInfo>;

const swapPath = (name: string) => ["pallet_subtensor_swap_runtime_api", name];

export const subnetPrice = struct(swapPath("SubnetPrice"), { netuid: u16, price: u64 });

/** What a trade would bring, in rao. */
export const simSwapResult = struct(swapPath("SimSwapResult"), {
  tao_amount: u64,
  alpha_amount: u64,
  tao_fee: u64,
  alpha_fee: u64,
  tao_slippage: u64,
  alpha_slippage: u64,
});
export type SimSwapResult = ValueOf<typeof simSwapResult>;
