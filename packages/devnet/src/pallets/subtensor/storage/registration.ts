import { identity } from "../../../frame/hasher.ts";
import { bool, u16, u64 } from "../../../scale/primitives.ts";
import { item } from "./item.ts";

export const NetworkRegistrationAllowed = item(
  "NetworkRegistrationAllowed",
  [identity(u16)],
  bool,
  true,
);
/** Kept for its readers: the runtime has no proof-of-work registration any more. */
export const NetworkPowRegistrationAllowed = item(
  "NetworkPowRegistrationAllowed",
  [identity(u16)],
  bool,
  true,
);

/** Price of a registration in rao. */
export const Burn = item("Burn", [identity(u16)], u64, 100_000_000n);
export const MinBurn = item("MinBurn", [identity(u16)], u64, 500_000n);
export const MaxBurn = item("MaxBurn", [identity(u16)], u64, 100_000_000_000n);
export const RAORecycledForRegistration = item(
  "RAORecycledForRegistration",
  [identity(u16)],
  u64,
  0n,
);

export const MaxRegistrationsPerBlock = item("MaxRegistrationsPerBlock", [identity(u16)], u16, 1);
export const TargetRegistrationsPerInterval = item(
  "TargetRegistrationsPerInterval",
  [identity(u16)],
  u16,
  2,
);
export const RegistrationsThisBlock = item("RegistrationsThisBlock", [identity(u16)], u16, 0);
export const RegistrationsThisInterval = item("RegistrationsThisInterval", [identity(u16)], u16, 0);
export const LastAdjustmentBlock = item("LastAdjustmentBlock", [identity(u16)], u64, 0n);
export const AdjustmentInterval = item("AdjustmentInterval", [identity(u16)], u16, 100);
export const AdjustmentAlpha = item("AdjustmentAlpha", [identity(u16)], u64, 0n);
export const Difficulty = item("Difficulty", [identity(u16)], u64, 10_000_000n);
export const MinDifficulty = item("MinDifficulty", [identity(u16)], u64, 10_000_000n);
export const MaxDifficulty = item(
  "MaxDifficulty",
  [identity(u16)],
  u64,
  4_611_686_018_427_387_903n,
);
