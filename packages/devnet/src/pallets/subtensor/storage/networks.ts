import { blake2, identity, twox64 } from "../../../frame/hasher.ts";
import { vec } from "../../../scale/compose.ts";
import { accountId } from "../../../scale/known.ts";
import { bool, bytes, u8, u16, u64, u128 } from "../../../scale/primitives.ts";
import { i96f32, subnetIdentity, u64f64 } from "../types.ts";
import { item, NO_ACCOUNT, optional } from "./item.ts";

/** Subnets, root included. */
export const TotalNetworks = item("TotalNetworks", [], u16, 0);
export const NetworksAdded = item("NetworksAdded", [identity(u16)], bool, false);
export const NetworkRegisteredAt = item("NetworkRegisteredAt", [identity(u16)], u64, 0n);
export const RegisteredSubnetCounter = item("RegisteredSubnetCounter", [identity(u16)], u64, 0n);
export const SubnetOwner = item("SubnetOwner", [identity(u16)], accountId, NO_ACCOUNT);
export const SubnetOwnerHotkey = item("SubnetOwnerHotkey", [identity(u16)], accountId, NO_ACCOUNT);
export const SubnetIdentitiesV3 = optional("SubnetIdentitiesV3", [blake2(u16)], subnetIdentity);
/** UTF-8; the default is the Greek letter alpha. */
export const TokenSymbol = item(
  "TokenSymbol",
  [identity(u16)],
  bytes,
  Uint8Array.of(0xf0, 0x9d, 0x9c, 0x8f),
);

/** 1: the subnet trades alpha in a pool; 0: at price 1. */
export const SubnetMechanism = item("SubnetMechanism", [identity(u16)], u16, 0);
export const SubnetTAO = item("SubnetTAO", [identity(u16)], u64, 0n);
export const SubnetAlphaIn = item("SubnetAlphaIn", [identity(u16)], u64, 0n);
export const SubnetAlphaOut = item("SubnetAlphaOut", [identity(u16)], u64, 0n);
export const SubnetVolume = item("SubnetVolume", [identity(u16)], u128, 0n);
export const SubnetMovingPrice = item("SubnetMovingPrice", [identity(u16)], i96f32, { bits: 0n });
export const SubnetMovingAlpha = item("SubnetMovingAlpha", [], i96f32, { bits: 12_885n });
export const SubtokenEnabled = item("SubtokenEnabled", [identity(u16)], bool, false);
export const TransferToggle = item("TransferToggle", [identity(u16)], bool, true);
export const FirstEmissionBlockNumber = optional("FirstEmissionBlockNumber", [identity(u16)], u64);
export const StartCallDelay = item("StartCallDelay", [], u64, 0n);

export const SubnetLimit = item("SubnetLimit", [], u16, 128);
export const NetworkRateLimit = item("NetworkRateLimit", [], u64, 7_200n);
export const NetworkImmunityPeriod = item("NetworkImmunityPeriod", [], u64, 1_296_000n);
export const NetworkRegistrationStartBlock = item("NetworkRegistrationStartBlock", [], u64, 0n);
export const NetworkMinLockCost = item("NetworkMinLockCost", [], u64, 1_000_000_000_000n);
export const NetworkLastLockCost = item("NetworkLastLockCost", [], u64, 1_000_000_000_000n);
/** Blocks after which the lock cost has fallen to its minimum. */
export const NetworkLockReductionInterval = item("NetworkLockReductionInterval", [], u64, 100_800n);
export const SubnetLocked = item("SubnetLocked", [identity(u16)], u64, 0n);

export const MaxMechanismCount = item("MaxMechanismCount", [], u8, 2);
export const MechanismCountCurrent = item("MechanismCountCurrent", [twox64(u16)], u8, 1);
/** Shares of 65535; missing means an even split. */
export const MechanismEmissionSplit = optional("MechanismEmissionSplit", [twox64(u16)], vec(u16));

export const BurnHalfLife = item("BurnHalfLife", [identity(u16)], u16, 360);
/** 1.26. */
export const BurnIncreaseMult = item("BurnIncreaseMult", [identity(u16)], u64f64, {
  bits: 0x1_428f_5c28_f5c2_9000n,
});
