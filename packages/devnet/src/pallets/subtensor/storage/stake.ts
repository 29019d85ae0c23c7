import { blake2, identity } from "../../../frame/hasher.ts";
import { tuple, vec } from "../../../scale/compose.ts";
import { accountId } from "../../../scale/known.ts";
import { u16, u64 } from "../../../scale/primitives.ts";
import { relatives, safeFloat, u64f64 } from "../types.ts";
import { item, NO_ACCOUNT, optional } from "./item.ts";

/** The coldkey of a hotkey. */
export const Owner = item("Owner", [blake2(accountId)], accountId, NO_ACCOUNT);
export const OwnedHotkeys = item("OwnedHotkeys", [blake2(accountId)], vec(accountId), []);
export const StakingHotkeys = item("StakingHotkeys", [blake2(accountId)], vec(accountId), []);
/** Share of 65535 a hotkey keeps of what its stakers earn; the default is 18 %. */
export const Delegates = item("Delegates", [blake2(accountId)], u16, 11_796);
export const AutoStakeDestination = optional(
  "AutoStakeDestination",
  [blake2(accountId), identity(u16)],
  accountId,
);
export const AutoStakeDestinationColdkeys = item(
  "AutoStakeDestinationColdkeys",
  [blake2(accountId), identity(u16)],
  vec(accountId),
  [],
);

/** Alpha (TAO on root) that stands behind a hotkey on a subnet, in rao. */
export const TotalHotkeyAlpha = item(
  "TotalHotkeyAlpha",
  [blake2(accountId), identity(u16)],
  u64,
  0n,
);
export const TotalHotkeySharesV2 = item(
  "TotalHotkeySharesV2",
  [blake2(accountId), identity(u16)],
  safeFloat,
  { mantissa: 0n, exponent: 0n },
);
/** Shares of (hotkey, coldkey, netuid) in the hotkey's alpha. */
export const AlphaV2 = item(
  "AlphaV2",
  [blake2(accountId), blake2(accountId), identity(u16)],
  safeFloat,
  { mantissa: 0n, exponent: 0n },
);

// Deprecated by the V2 items: nothing writes them, clients fall back to them.
export const TotalHotkeyShares = item(
  "TotalHotkeyShares",
  [blake2(accountId), identity(u16)],
  u64f64,
  { bits: 0n },
);
export const Alpha = item("Alpha", [blake2(accountId), blake2(accountId), identity(u16)], u64f64, {
  bits: 0n,
});

/** Sums over the chain, in rao. */
export const TotalStake = item("TotalStake", [], u64, 0n);
export const TotalIssuance = item("TotalIssuance", [], u64, 0n);
export const StakeThreshold = item("StakeThreshold", [], u64, 0n);
export const NominatorMinRequiredStake = item("NominatorMinRequiredStake", [], u64, 0n);
/** What root stake counts beside alpha, as a share of 2^64 − 1; the default is 5.27 %. */
export const TaoWeight = item("TaoWeight", [], u64, 971_718_665_099_567_868n);

export const ChildKeys = item("ChildKeys", [blake2(accountId), identity(u16)], relatives, []);
export const ParentKeys = item("ParentKeys", [blake2(accountId), identity(u16)], relatives, []);
/** Children asked for, and the block from which they count. */
export const PendingChildKeys = item(
  "PendingChildKeys",
  [identity(u16), blake2(accountId)],
  tuple(relatives, u64),
  [[], 0n],
);
export const PendingChildKeyCooldown = item("PendingChildKeyCooldown", [], u64, 7_200n);
export const ChildkeyTake = item("ChildkeyTake", [blake2(accountId), identity(u16)], u16, 0);
export const MaxDelegateTake = item("MaxDelegateTake", [], u16, 11_796);
export const MinDelegateTake = item("MinDelegateTake", [], u16, 0);
export const MaxChildkeyTake = item("MaxChildkeyTake", [], u16, 11_796);
export const MinChildkeyTake = item("MinChildkeyTake", [], u16, 0);
export const MinChildkeyTakePerSubnet = item("MinChildkeyTakePerSubnet", [identity(u16)], u16, 0);
