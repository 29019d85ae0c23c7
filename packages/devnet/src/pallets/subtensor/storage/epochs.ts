import { blake2, identity } from "../../../frame/hasher.ts";
import { tuple } from "../../../scale/compose.ts";
import { bool, i16, u8, u16, u32, u64 } from "../../../scale/primitives.ts";
import { item } from "./item.ts";

/** Blocks between automatic epochs; 0 switches them off. */
export const Tempo = item("Tempo", [identity(u16)], u16, 360);
export const LastEpochBlock = item("LastEpochBlock", [identity(u16)], u64, 0n);
/** Block from which a requested or deferred epoch is due; 0 is none. */
export const PendingEpochAt = item("PendingEpochAt", [identity(u16)], u64, 0n);
export const SubnetEpochIndex = item("SubnetEpochIndex", [identity(u16)], u64, 0n);
export const BlocksSinceLastStep = item("BlocksSinceLastStep", [identity(u16)], u64, 0n);
/** Spelled as the chain spells it. */
export const LastMechansimStepBlock = item("LastMechansimStepBlock", [identity(u16)], u64, 0n);
export const MaxEpochsPerBlock = item("MaxEpochsPerBlock", [], u8, 2);

/** The cutoff in blocks is this times the tempo, divided by 1000. */
export const ActivityCutoffFactorMilli = item(
  "ActivityCutoffFactorMilli",
  [identity(u16)],
  u32,
  13_889,
);
/** Not used by the epoch any more; clients still read it. */
export const ActivityCutoff = item("ActivityCutoff", [identity(u16)], u16, 5_000);
export const MinActivityCutoff = item("MinActivityCutoff", [], u16, 360);

export const Kappa = item("Kappa", [identity(u16)], u16, 32_767);
export const Rho = item("Rho", [identity(u16)], u16, 10);
export const BondsMovingAverage = item("BondsMovingAverage", [identity(u16)], u64, 900_000n);
export const BondsPenalty = item("BondsPenalty", [identity(u16)], u16, 65_535);
export const BondsResetOn = item("BondsResetOn", [identity(u16)], bool, false);
export const LiquidAlphaOn = item("LiquidAlphaOn", [blake2(u16)], bool, false);
export const AlphaValues = item("AlphaValues", [identity(u16)], tuple(u16, u16), [45_875, 58_982]);
export const AlphaSigmoidSteepness = item("AlphaSigmoidSteepness", [identity(u16)], i16, 1_000);
export const Yuma3On = item("Yuma3On", [blake2(u16)], bool, false);
export const MaxAllowedValidators = item("MaxAllowedValidators", [identity(u16)], u16, 128);
export const ScalingLawPower = item("ScalingLawPower", [identity(u16)], u16, 50);
export const ValidatorPruneLen = item("ValidatorPruneLen", [identity(u16)], u64, 1n);
