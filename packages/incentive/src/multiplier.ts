import { type Dated, dayOf } from "./dated.ts";
import { HOUR_US, MINUTE_US, type Micros } from "./time.ts";

/** What a multiplier is made of. The rates are dollars per hour of the GPUs that a chute allows. */
export interface MultiplierInputs {
  readonly cheapestRate: number;
  readonly highestRate: number;
  readonly gpuCount: number;
  readonly placement: "public" | "private" | "integrated" | "private_tee";
  readonly isTee: boolean;
  /** 1 for none. */
  readonly urgencyBoost: number;
  readonly manualBoost: number;
  /** How old the bounty was when it was claimed, and when that was; null without one. */
  readonly bounty: { readonly age: Micros; readonly claimedAt: Micros } | null;
}

/** What the factors were; they changed often. */
export interface MultiplierRules {
  readonly placement: Readonly<Record<MultiplierInputs["placement"], number>>;
  readonly tee: number;
  /** Boosts are cut off here, and one of zero or less counts as none. */
  readonly maxBoost: number;
  readonly bounty: {
    readonly lowest: number;
    readonly highest: number;
    /** Age at which a bounty is worth most. */
    readonly fullAt: Micros;
    /** How long after the claim it has worn off. */
    readonly fades: Micros;
  };
}

const AUTUMN_2025: MultiplierRules = {
  placement: { public: 1, private: 16, integrated: 3, private_tee: 1.3 },
  tee: 2.25,
  maxBoost: 20,
  bounty: { lowest: 1.5, highest: 4, fullAt: 180 * MINUTE_US, fades: 8 * HOUR_US },
};

/** The factors by date. No source names the days: these are the months in which each was first seen. */
export const MULTIPLIER_RULES: Dated<MultiplierRules> = [
  { from: dayOf("2024-12-14"), params: AUTUMN_2025 },
  {
    from: dayOf("2026-01-01"),
    params: {
      ...AUTUMN_2025,
      placement: { ...AUTUMN_2025.placement, private: 2 },
      bounty: { ...AUTUMN_2025.bounty, lowest: 1.1, highest: 1.5 },
    },
  },
];

/** The multiplier an instance should have at a moment: a double, to be compared with a tolerance. */
export function expectedMultiplier(
  inputs: MultiplierInputs,
  at: Micros,
  rules: MultiplierRules,
): number {
  const { cheapestRate, highestRate, gpuCount, placement, isTee } = inputs;
  const boost = (value: number) => (value > 0 ? Math.min(value, rules.maxBoost) : 1);
  return (
    (cheapestRate / highestRate) *
    gpuCount *
    rules.placement[placement] *
    boost(inputs.urgencyBoost) *
    boost(inputs.manualBoost) *
    bountyBoost(inputs.bounty, at, rules) *
    (isTee ? rules.tee : 1)
  );
}

/** Grows with the age of the bounty, and fades to one in a straight line after the claim. */
function bountyBoost(
  bounty: MultiplierInputs["bounty"],
  at: Micros,
  { bounty: { lowest, highest, fullAt, fades } }: MultiplierRules,
): number {
  if (bounty === null) return 1;
  const ripeness = Math.min(1, Math.max(0, bounty.age / fullAt));
  const claimed = lowest + (highest - lowest) * ripeness;
  const left = Math.min(1, Math.max(0, 1 - (at - bounty.claimedAt) / fades));
  return 1 + (claimed - 1) * left;
}
