import type { CallDef } from "../../frame/pallet.ts";
import { u8, u16, u64 } from "../../scale/primitives.ts";
import { events } from "../subtensor/events.ts";
import { MaxEpochsPerBlock } from "../subtensor/storage/epochs.ts";
import {
  AdminFreezeWindow,
  OwnerHyperparamRateLimit,
  TxRateLimit,
} from "../subtensor/storage/limits.ts";
import * as networks from "../subtensor/storage/networks.ts";
import { StakeThreshold } from "../subtensor/storage/stake.ts";
import { CommitRevealWeightsVersion } from "../subtensor/storage/weights.ts";
import { globalSetter } from "./setter.ts";

/** Calls that set what holds for every subnet. */
export const globalCalls: readonly CallDef[] = [
  globalSetter({
    index: 2,
    name: "sudo_set_tx_rate_limit",
    argument: "tx_rate_limit",
    type: u64,
    item: TxRateLimit,
    event: events.TxRateLimitSet,
  }),
  globalSetter({
    index: 29,
    name: "sudo_set_network_rate_limit",
    argument: "rate_limit",
    type: u64,
    item: networks.NetworkRateLimit,
    event: events.NetworkRateLimitSet,
  }),
  globalSetter({
    index: 36,
    name: "sudo_set_network_min_lock_cost",
    argument: "lock_cost",
    type: u64,
    item: networks.NetworkMinLockCost,
    event: events.NetworkMinLockCostSet,
  }),
  globalSetter({
    index: 37,
    name: "sudo_set_subnet_limit",
    argument: "max_subnets",
    type: u16,
    item: networks.SubnetLimit,
    event: events.SubnetLimitSet,
  }),
  globalSetter({
    index: 38,
    name: "sudo_set_lock_reduction_interval",
    argument: "interval",
    type: u64,
    item: networks.NetworkLockReductionInterval,
    event: events.NetworkLockCostReductionIntervalSet,
  }),
  globalSetter({
    index: 42,
    name: "sudo_set_stake_threshold",
    argument: "min_stake",
    type: u64,
    item: StakeThreshold,
    event: events.StakeThresholdSet,
  }),
  globalSetter({
    index: 71,
    name: "sudo_set_commit_reveal_version",
    argument: "version",
    type: u16,
    item: CommitRevealWeightsVersion,
    event: events.CommitRevealVersionSet,
  }),
  globalSetter({
    index: 74,
    name: "sudo_set_admin_freeze_window",
    argument: "window",
    type: u16,
    item: AdminFreezeWindow,
    event: events.AdminFreezeWindowSet,
  }),
  globalSetter({
    index: 75,
    name: "sudo_set_owner_hparam_rate_limit",
    argument: "epochs",
    type: u16,
    item: OwnerHyperparamRateLimit,
    event: events.OwnerHyperparamRateLimitSet,
  }),
  globalSetter({
    index: 85,
    name: "sudo_set_start_call_delay",
    argument: "delay",
    type: u64,
    item: networks.StartCallDelay,
    event: events.StartCallDelaySet,
  }),
  globalSetter({
    index: 96,
    name: "sudo_set_max_epochs_per_block",
    argument: "max_epochs_per_block",
    type: u8,
    item: MaxEpochsPerBlock,
    event: events.MaxEpochsPerBlockSet,
  }),
];
