import { divideHalfEven } from "@neurond/primitives";
import { least, type Nano, ONE, scale, toNano } from "./fixed.ts";
import { ARGUMENT_PLACES, fallingLogistic } from "./logistic.ts";

/** How time counts (`--neuron.speed_mode`): the curve around the mean, or the span from first to last. */
export const SPEED_MODES = ["sigmoid", "minmax"] as const;
export type SpeedMode = (typeof SPEED_MODES)[number];

const HALF = 500_000_000;
const STEEPNESS = 10n;
/** Steepness 10/T times the shift 0.3·T. */
const SHIFT = 3n;

/**
 * What each answer's reward is multiplied by, from one to two, in the order of `times`. The fastest
 * gets most. All times and the limit are in one unit.
 */
export function speedMultipliers(
  times: readonly bigint[],
  timeout: bigint,
  mode: SpeedMode,
): readonly Nano[] {
  return mode === "minmax" ? bySpan(times) : byMean(times, timeout);
}

/** 1 + (max − t)/(max − min); one and a half when all are equal. */
function bySpan(times: readonly bigint[]): readonly Nano[] {
  const first = times[0] ?? 0n;
  const fastest = least(times, first);
  const slowest = -least(
    times.map((time) => -time),
    -first,
  );
  const span = slowest - fastest;
  return times.map((time) =>
    toNano(ONE + (span === 0n ? HALF : divided((slowest - time) * BigInt(ONE), span))),
  );
}

/** 1 + 1/(1 + e^z), z = 10/T · (t − mean − 0.3·T) = (10·n·t − 10·Σ)/(n·T) − 3. */
function byMean(times: readonly bigint[], timeout: bigint): readonly Nano[] {
  const count = BigInt(times.length);
  const sum = times.reduce((total, time) => total + time, 0n);
  return times.map((time) => {
    const lead = (STEEPNESS * (count * time - sum)) << ARGUMENT_PLACES;
    const argument = divideHalfEven(lead, count * timeout) - (SHIFT << ARGUMENT_PLACES);
    return toNano(ONE + fallingLogistic(argument));
  });
}

/** A reward times its multiplier, rounded half to even. Slowness never softens a penalty. */
export function multiplied(reward: Nano, multiplier: Nano): Nano {
  return reward > 0 ? scale(reward, multiplier, ONE) : reward;
}

function divided(dividend: bigint, divisor: bigint): number {
  return Number(divideHalfEven(dividend, divisor));
}
