import { divideHalfEven, type Hotkey } from "@neurond/primitives";
import { type Nano, toNano } from "./fixed.ts";

/** The moving average of every miner's rewards. By hotkey: a uid is handed on, a reputation is not. */
export type Scores = ReadonlyMap<Hotkey, Nano>;

const WHOLE = 1_000_000;

/** Share of a new reward, in millionths (`--neuron.moving_average_alpha` 0.05). */
export const ALPHA_MICRO = 50_000;

/**
 * Scores after a batch: s ← α·r + (1 − α)·s for who was asked, rounded half to even to a billionth,
 * and everybody else's as it was. A batch in which nobody gains or loses anything changes nothing.
 */
export function averageIn(
  scores: Scores,
  rewards: ReadonlyMap<Hotkey, Nano>,
  alphaMicro = ALPHA_MICRO,
): Scores {
  if ([...rewards.values()].every((reward) => reward === 0)) return scores;
  const next = new Map(scores);
  const alpha = BigInt(alphaMicro);
  for (const [hotkey, reward] of rewards) {
    const before = BigInt(scores.get(hotkey) ?? 0);
    const mixed = alpha * BigInt(reward) + (BigInt(WHOLE) - alpha) * before;
    next.set(hotkey, toNano(divideHalfEven(mixed, BigInt(WHOLE))));
  }
  return next;
}

/** Scores of those still registered; whoever was replaced starts at zero when it comes back. */
export function retainRegistered(scores: Scores, registered: ReadonlySet<Hotkey>): Scores {
  return new Map([...scores].filter(([hotkey]) => registered.has(hotkey)));
}
