import { blake2, identity, twox64 } from "../../../frame/hasher.ts";
import { tuple } from "../../../scale/compose.ts";
import { accountId, h256 } from "../../../scale/known.ts";
import { u16, u32, u64 } from "../../../scale/primitives.ts";
import { chainIdentity, rateLimitKey } from "../types.ts";
import { item, optional } from "./item.ts";

export const TxRateLimit = item("TxRateLimit", [], u64, 1_000n);
export const TxDelegateTakeRateLimit = item("TxDelegateTakeRateLimit", [], u64, 216_000n);
export const TxChildkeyTakeRateLimit = item("TxChildkeyTakeRateLimit", [], u64, 216_000n);
export const ServingRateLimit = item("ServingRateLimit", [identity(u16)], u64, 50n);
/** In epochs of the subnet, per parameter. */
export const OwnerHyperparamRateLimit = item("OwnerHyperparamRateLimit", [], u16, 2);
/** In epochs of the subnet. */
export const WeightsVersionKeyRateLimit = item("WeightsVersionKeyRateLimit", [], u64, 5n);
/** Blocks before an epoch in which owners may not change parameters. */
export const AdminFreezeWindow = item("AdminFreezeWindow", [], u16, 10);

/** By hotkey (or coldkey), netuid and the kind of transaction. */
export const TransactionKeyLastBlock = item(
  "TransactionKeyLastBlock",
  [blake2(accountId), identity(u16), identity(u16)],
  u64,
  0n,
);
export const LastRateLimitedBlock = item("LastRateLimitedBlock", [identity(rateLimitKey)], u64, 0n);
export const LastTxBlock = item("LastTxBlock", [identity(accountId)], u64, 0n);
export const LastTxBlockChildKeyTake = item(
  "LastTxBlockChildKeyTake",
  [identity(accountId)],
  u64,
  0n,
);
export const LastTxBlockDelegateTake = item(
  "LastTxBlockDelegateTake",
  [identity(accountId)],
  u64,
  0n,
);
export const LastHotkeySwapOnNetuid = item(
  "LastHotkeySwapOnNetuid",
  [identity(u16), blake2(accountId)],
  u64,
  0n,
);

/** When a coldkey may be swapped, and the hash of the new one; such a coldkey is locked. */
export const ColdkeySwapAnnouncements = optional(
  "ColdkeySwapAnnouncements",
  [twox64(accountId)],
  tuple(u32, h256),
);
export const ColdkeySwapDisputes = optional("ColdkeySwapDisputes", [twox64(accountId)], u32);
export const IdentitiesV2 = optional("IdentitiesV2", [blake2(accountId)], chainIdentity);
