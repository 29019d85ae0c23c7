import { perMille, type TierTable } from "./tier.ts";

const TIB = 2n ** 40n;
const PIB = 2n ** 50n;
const EIB = 2n ** 60n;
const entry = { rate: null, totalSuccesses: 0 } as const;

/** The five tiers of the first release; the one that counts unless somebody chooses another. */
export const SEED_TIERS: TierTable = [
  tier("Super Saiyan", EIB, 999, 100_000, 2_000_000),
  tier("Diamond", PIB, 990, 50_000, 1_000_000),
  tier("Gold", 100n * TIB, 975, 5_000, 888_000),
  tier("Silver", 10n * TIB, 950, 1_000, 555_000),
  { name: "Bronze", limit: TIB, ...entry, factorMicro: 333_000 },
];

/** The table of release 2.1. */
export const V2_TIERS: TierTable = [
  tier("Super Saiyan", EIB, 880, 10_000, 1_000_000),
  tier("Diamond", PIB, 770, 5_000, 900_000),
  tier("Gold", 100n * TIB, 660, 2_000, 800_000),
  tier("Silver", 10n * TIB, 550, 1_000, 700_000),
  { name: "Bronze", limit: TIB, ...entry, factorMicro: 600_000 },
];

/** The table of release 3.0. */
export const V3_TIERS: TierTable = [
  tier("Super Saiyan", 50n * PIB, 850, 15_000, 1_000_000),
  tier("Ruby", 20n * PIB, 800, 10_000, 900_000),
  tier("Emerald", 10n * PIB, 750, 7_000, 850_000),
  tier("Diamond", 5n * PIB, 700, 5_000, 800_000),
  tier("Platinum", PIB, 650, 3_000, 750_000),
  tier("Gold", 200n * TIB, 600, 2_000, 700_000),
  tier("Silver", 50n * TIB, 550, 500, 650_000),
  { name: "Bronze", limit: 10n * TIB, ...entry, factorMicro: 600_000 },
];

function tier(
  name: string,
  limit: bigint,
  rate: number,
  totalSuccesses: number,
  factorMicro: number,
) {
  return { name, limit, rate: perMille(rate), totalSuccesses, factorMicro };
}
