import { identity, twox64 } from "../../../frame/hasher.ts";
import { tuple, vec } from "../../../scale/compose.ts";
import { accountId } from "../../../scale/known.ts";
import { bool, u16, u64 } from "../../../scale/primitives.ts";
import { EMPTY_ROW } from "../../../yuma/pair-row.ts";
import { sparseRow } from "../sparse-row.ts";
import { ciphertext, timelockedCommit, weightCommit } from "../types.ts";
import { item, optional } from "./item.ts";

/** By storage index (mecid·4096 + netuid) and uid. */
export const Weights = item("Weights", [identity(u16), identity(u16)], sparseRow, EMPTY_ROW);
/** By storage index and uid. */
export const Bonds = item("Bonds", [identity(u16), identity(u16)], sparseRow, EMPTY_ROW);

export const MinAllowedWeights = item("MinAllowedWeights", [identity(u16)], u16, 1_024);
export const MaxWeightsLimit = item("MaxWeightsLimit", [identity(u16)], u16, 65_535);
export const WeightsVersionKey = item("WeightsVersionKey", [identity(u16)], u64, 0n);
export const WeightsSetRateLimit = item("WeightsSetRateLimit", [identity(u16)], u64, 100n);

export const CommitRevealWeightsEnabled = item(
  "CommitRevealWeightsEnabled",
  [identity(u16)],
  bool,
  true,
);
export const CommitRevealWeightsVersion = item("CommitRevealWeightsVersion", [], u16, 4);
export const RevealPeriodEpochs = item("RevealPeriodEpochs", [twox64(u16)], u64, 1n);

/** v2 commits of a hotkey, oldest first; by storage index. */
export const WeightCommits = optional(
  "WeightCommits",
  [twox64(u16), twox64(accountId)],
  vec(weightCommit),
);
/** v4 commits by storage index and commit epoch, in order of arrival. */
export const TimelockedWeightCommits = item(
  "TimelockedWeightCommits",
  [twox64(u16), twox64(u64)],
  vec(timelockedCommit),
  [],
);

// Deprecated by the timelocked form: nothing writes them, some clients still read them.
export const CRV3WeightCommits = item(
  "CRV3WeightCommits",
  [twox64(u16), twox64(u64)],
  vec(tuple(accountId, ciphertext, u64)),
  [],
);
export const CRV3WeightCommitsV2 = item(
  "CRV3WeightCommitsV2",
  [twox64(u16), twox64(u64)],
  vec(timelockedCommit),
  [],
);
