import { MAX_TEMPO } from "@neurond/primitives";
import { type ConstantDef, constant } from "../../frame/pallet.ts";
import type { StorageItem } from "../../frame/storage.ts";
import { bool, u16, u32, u64 } from "../../scale/primitives.ts";
import * as epochs from "./storage/epochs.ts";
import * as limits from "./storage/limits.ts";
import * as networks from "./storage/networks.ts";
import * as neurons from "./storage/neurons.ts";
import * as registration from "./storage/registration.ts";
import * as stake from "./storage/stake.ts";
import * as weights from "./storage/weights.ts";

/** A constant that says what a storage item is when nobody has set it. */
const initial = <Keys extends readonly unknown[], Value>(
  name: string,
  item: StorageItem<Keys, Value, Value>,
): ConstantDef => constant(name, item.type, item.missing);

/** What the pallet fixes for good, and the defaults of what it lets be set. */
export const subtensorConstants: readonly ConstantDef[] = [
  constant("MinTempo", u16, 360),
  constant("MaxTempo", u16, MAX_TEMPO),
  constant("MinActivityCutoffFactorMilli", u32, 1_000),
  constant("MaxActivityCutoffFactorMilli", u32, 50_000),
  constant("MinBurnUpperBound", u64, 1_000_000_000n),
  constant("MaxBurnLowerBound", u64, 100_000_000n),
  constant("KeySwapCost", u64, 100_000_000n),
  constant("KeySwapOnSubnetCost", u64, 1_000_000n),
  constant("HotkeySwapOnSubnetInterval", u64, 7_200n),
  constant("InitialMinStake", u64, 2_000_000n),
  constant("AlphaLow", u16, epochs.AlphaValues.missing[0]),
  constant("AlphaHigh", u16, epochs.AlphaValues.missing[1]),
  constant("LiquidAlphaOn", bool, epochs.LiquidAlphaOn.missing),
  constant("Yuma3On", bool, epochs.Yuma3On.missing),
  initial("InitialTempo", epochs.Tempo),
  initial("InitialMaxEpochsPerBlock", epochs.MaxEpochsPerBlock),
  initial("InitialActivityCutoff", epochs.ActivityCutoff),
  initial("InitialKappa", epochs.Kappa),
  initial("InitialRho", epochs.Rho),
  initial("InitialBondsMovingAverage", epochs.BondsMovingAverage),
  initial("InitialBondsPenalty", epochs.BondsPenalty),
  initial("InitialBondsResetOn", epochs.BondsResetOn),
  initial("InitialAlphaSigmoidSteepness", epochs.AlphaSigmoidSteepness),
  initial("InitialMaxAllowedValidators", epochs.MaxAllowedValidators),
  initial("InitialValidatorPruneLen", epochs.ValidatorPruneLen),
  initial("InitialScalingLawPower", epochs.ScalingLawPower),
  initial("InitialMinAllowedWeights", weights.MinAllowedWeights),
  initial("InitialWeightsVersionKey", weights.WeightsVersionKey),
  initial("InitialMinAllowedUids", neurons.MinAllowedUids),
  initial("InitialMaxAllowedUids", neurons.MaxAllowedUids),
  initial("InitialImmunityPeriod", neurons.ImmunityPeriod),
  initial("InitialBurn", registration.Burn),
  initial("InitialMinBurn", registration.MinBurn),
  initial("InitialMaxBurn", registration.MaxBurn),
  initial("InitialRAORecycledForRegistration", registration.RAORecycledForRegistration),
  initial("InitialMaxRegistrationsPerBlock", registration.MaxRegistrationsPerBlock),
  initial("InitialTargetRegistrationsPerInterval", registration.TargetRegistrationsPerInterval),
  initial("InitialAdjustmentInterval", registration.AdjustmentInterval),
  initial("InitialAdjustmentAlpha", registration.AdjustmentAlpha),
  initial("InitialDifficulty", registration.Difficulty),
  initial("InitialMinDifficulty", registration.MinDifficulty),
  initial("InitialMaxDifficulty", registration.MaxDifficulty),
  initial("InitialDefaultDelegateTake", stake.Delegates),
  initial("InitialMinDelegateTake", stake.MinDelegateTake),
  initial("InitialDefaultChildKeyTake", stake.ChildkeyTake),
  initial("InitialMinChildKeyTake", stake.MinChildkeyTake),
  initial("InitialMaxChildKeyTake", stake.MaxChildkeyTake),
  initial("InitialTaoWeight", stake.TaoWeight),
  initial("InitialIssuance", stake.TotalIssuance),
  initial("InitialServingRateLimit", limits.ServingRateLimit),
  initial("InitialTxRateLimit", limits.TxRateLimit),
  initial("InitialTxDelegateTakeRateLimit", limits.TxDelegateTakeRateLimit),
  initial("InitialTxChildKeyTakeRateLimit", limits.TxChildkeyTakeRateLimit),
  initial("InitialNetworkRateLimit", networks.NetworkRateLimit),
  initial("InitialNetworkImmunityPeriod", networks.NetworkImmunityPeriod),
  initial("InitialNetworkMinLockCost", networks.NetworkMinLockCost),
  initial("InitialNetworkLockReductionInterval", networks.NetworkLockReductionInterval),
  initial("InitialStartCallDelay", networks.StartCallDelay),
];
