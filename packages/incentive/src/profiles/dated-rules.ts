import { toMicro } from "@neurond/primitives";
import { type Dated, dayOf } from "../dated.ts";
import type { BaseBonusRules } from "./base-bonus.ts";
import type { ComputeUnitRules } from "./compute-units.ts";
import type { FeatureRules } from "./features.ts";

/** Exports began on this day. */
const FIRST_DAY = dayOf("2024-12-14");

const FEATURES: FeatureRules = {
  weights: {
    computeUnits: toMicro(450_000),
    invocationCount: toMicro(250_000),
    uniqueChuteCount: toMicro(200_000),
    bountyCount: toMicro(100_000),
  },
  upper: { numerator: 13, denominator: 10 },
  lower: { numerator: 11, denominator: 5 },
  breadth: { idleHours: "skipped", rounding: "down" },
  privateCredit: "platform_ended_or_live",
};

const BASE_BONUS: BaseBonusRules = {
  baseWeight: toMicro(850_000),
  weights: { breadth: toMicro(300_000), demand: toMicro(350_000), bounty: toMicro(350_000) },
  exponent: { numerator: 2, denominator: 1 },
  demand: { units: toMicro(750_000), successes: toMicro(250_000) },
  bountyDecay: toMicro(800_000),
  crowding: { numerator: 1, denominator: 2 },
  breadth: { idleHours: "zero", rounding: "half_up" },
};

/** Generation one, by date. */
export const FEATURE_RULES: Dated<FeatureRules> = [
  { from: FIRST_DAY, params: FEATURES },
  {
    from: dayOf("2025-09-01"),
    params: {
      ...FEATURES,
      weights: {
        computeUnits: toMicro(520_000),
        invocationCount: toMicro(200_000),
        uniqueChuteCount: toMicro(200_000),
        bountyCount: toMicro(80_000),
      },
    },
  },
];

/** Generation two, by date. */
export const BASE_BONUS_RULES: Dated<BaseBonusRules> = [
  { from: FIRST_DAY, params: BASE_BONUS },
  {
    from: dayOf("2025-11-12"),
    params: {
      ...BASE_BONUS,
      baseWeight: toMicro(900_000),
      exponent: { numerator: 7, denominator: 5 },
    },
  },
];

/** Generation three, by date. */
export const COMPUTE_UNIT_RULES: Dated<ComputeUnitRules> = [
  { from: FIRST_DAY, params: { defaultMultiplier: 1 } },
];
