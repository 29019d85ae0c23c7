import { divideHalfEven, type Hotkey } from "@neurond/primitives";
import type { CountedTask } from "../statistics/counters.ts";
import { type Answer, type Batch, judgedTime, judgedTimeout } from "./answer.ts";
import { type Boost, liftedFactor, liftedTime } from "./boost.ts";
import { type Nano, ONE, toNano } from "./fixed.ts";
import { multiplied, type SpeedMode, speedMultipliers } from "./speed.ts";

/** What answers are worth. */
export interface RewardRules {
  readonly mode: SpeedMode;
  readonly boost: Boost;
  /** What a failure gives before the factor of its tier; zero or less. */
  readonly failure: Readonly<Record<CountedTask, Nano>>;
  /** What being down gives; no factor. */
  readonly down: Nano;
}

/** A failed challenge or retrieval costs a twentieth of a success, a failed store nothing. */
export const REWARD_RULES: RewardRules = {
  mode: "sigmoid",
  boost: "none",
  failure: { store: toNano(0), challenge: toNano(-50_000_000), retrieve: toNano(-50_000_000) },
  down: toNano(-5_000_000),
};

/**
 * What each miner of a batch gets, keyed by hotkey: 1 or the penalty, times the factor of its tier,
 * and for a success times 1 to 2 by how fast it was among them. The order of answers is of no
 * consequence. @throws CodedError REWARD_INVALID
 */
export function rewardBatch(batch: Batch, rules = REWARD_RULES): ReadonlyMap<Hotkey, Nano> {
  const answers = [...batch.answers].map(([hotkey, answer]) => {
    return { hotkey, answer, time: judgedTime(batch, answer) };
  });
  const times = answers.map(({ time }) => time);
  const multipliers = speedMultipliers(times, judgedTimeout(batch), rules.mode);
  const fast = liftedTime(
    answers.flatMap(({ answer, time }) => (answer.isSuccess ? [time] : [])),
    rules.boost,
  );
  return new Map(
    answers.map(({ hotkey, answer, time }, at) => {
      const isLifted = answer.isSuccess && fast !== null && time <= fast;
      const base = baseReward(answer, rules.failure[batch.task], isLifted);
      return [hotkey, answer.isSuccess ? multiplied(base, multipliers[at] ?? ONE) : base];
    }),
  );
}

/** What miners get that were declared down. */
export function rewardDown(
  hotkeys: Iterable<Hotkey>,
  { down } = REWARD_RULES,
): ReadonlyMap<Hotkey, Nano> {
  return new Map([...hotkeys].map((hotkey) => [hotkey, down]));
}

function baseReward({ isSuccess, tier }: Answer, failure: Nano, isLifted: boolean): Nano {
  const worth = BigInt(isSuccess ? ONE : failure);
  return toNano(divideHalfEven(worth * liftedFactor(tier, isLifted), 1_000_000_000_000n));
}
