import { type Micro, toMicro } from "@neurond/primitives";
import { isSettled, type Outcome } from "./outcome.ts";

const FULL = toMicro(1_000_000);
const NONE = toMicro(0);

/** The mean of millionths, rounded half up in integers; 0 for none. Exact below 2^32 values. */
export function meanMicro(values: readonly Micro[]): Micro {
  const count = values.length;
  if (count === 0) return NONE;
  const sum = values.reduce((total, value) => total + value, 0);
  return toMicro(Math.floor((2 * sum + count) / (2 * count)));
}

/** What a settled outcome is worth: a pass its grade, anything else nothing; null while unsettled. */
export function worth(outcome: Outcome): Micro | null {
  if (!isSettled(outcome)) return null;
  return outcome.kind === "passed" ? (outcome.grade ?? FULL) : NONE;
}

/** The usual score of a miner's run: the mean worth of its settled outcomes. */
export function meanScore(outcomes: readonly Outcome[]): Micro {
  return meanMicro(outcomes.map(worth).filter((value) => value !== null));
}
