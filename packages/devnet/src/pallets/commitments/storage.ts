import { identity, twox64 } from "../../frame/hasher.ts";
import { storageOf } from "../../frame/storage.ts";
import { btreeSet } from "../../scale/bounded.ts";
import { tuple, vec } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { bytes, u16, u32, u64 } from "../../scale/primitives.ts";
import { COMMITMENTS } from "./pallet.ts";
import { registration, usageTracker } from "./types.ts";

const { item, optional } = storageOf(COMMITMENTS.name);

export const CommitmentOf = optional(
  "CommitmentOf",
  [identity(u16), twox64(accountId)],
  registration,
);
export const LastCommitment = optional("LastCommitment", [identity(u16), twox64(accountId)], u32);
export const LastBondsReset = optional("LastBondsReset", [identity(u16), twox64(accountId)], u32);
/** Opened plaintexts and the blocks they were opened in, oldest first. */
export const RevealedCommitments = optional(
  "RevealedCommitments",
  [identity(u16), twox64(accountId)],
  vec(tuple(bytes, u64)),
);
/** Whose commitments have a timelocked field, in order of netuid and account. */
export const TimelockedIndex = item("TimelockedIndex", [], btreeSet(tuple(u16, accountId)), []);
/** Bytes committed in an epoch of the subnet. */
export const UsedSpaceOf = optional(
  "UsedSpaceOf",
  [identity(u16), twox64(accountId)],
  usageTracker,
);
/** Bytes a hotkey may commit per epoch of the subnet. */
export const MaxSpace = item("MaxSpace", [], u32, 3_100);

export const commitmentsStorage = [
  TimelockedIndex,
  CommitmentOf,
  LastCommitment,
  LastBondsReset,
  RevealedCommitments,
  UsedSpaceOf,
  MaxSpace,
];
