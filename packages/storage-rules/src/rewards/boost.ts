import type { Tier } from "../tiers/tier.ts";

/** Who is lifted for being fast beside what time counts anyway (`--neuron.speed_boost`). */
export const BOOSTS = ["none", "v2"] as const;
export type Boost = (typeof BOOSTS)[number];

/** How many of the fastest release 2 lifts. */
const LIFTED = 2;

/** By how much, in millionths; a tier not named here is not lifted. */
const V2_LIFT: Readonly<Record<string, number>> = {
  "Super Saiyan": 1_020_000,
  Diamond: 1_050_000,
  Gold: 1_100_000,
  Silver: 1_150_000,
  Bronze: 1_200_000,
};

/** The slowest time that still is lifted; null when nobody is. Who ties with the last one counts too. */
export function liftedTime(successTimes: readonly bigint[], boost: Boost): bigint | null {
  if (boost === "none") return null;
  const sorted = [...successTimes].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.min(LIFTED, sorted.length) - 1] ?? null;
}

/** The factor of a lifted miner, in millionths of millionths. */
export function liftedFactor({ name, factorMicro }: Tier, isLifted: boolean): bigint {
  return BigInt(factorMicro) * BigInt(isLifted ? (V2_LIFT[name] ?? 1_000_000) : 1_000_000);
}
