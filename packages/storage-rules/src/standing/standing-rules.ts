import { z } from "zod";
import type { BookRules } from "../book/miner-book.ts";
import type { OpenValues } from "../options/option.ts";
import { rewardRulesOf } from "../options/rules-of-options.ts";
import type { VALIDATOR_OPTIONS } from "../options/validator-options.ts";
import { BOOSTS } from "../rewards/boost.ts";
import { toNano } from "../rewards/fixed.ts";
import { SPEED_MODES } from "../rewards/speed.ts";
import { WEIGHTS_RULES } from "../rewards/weights.ts";
import { TIER_RULE_NAMES } from "../tiers/rules.ts";

/**
 * What a report's scores are (`rewards.mode`). `share`: the part of a run's tasks that was passed, in
 * which nothing is the validator's word alone. `sigmoid` and `minmax`: the moving average of rewards,
 * by tier and by time.
 */
export const REWARD_MODES = ["share", ...SPEED_MODES] as const;
export type RewardMode = (typeof REWARD_MODES)[number];

const penalty = z.int().min(-1_000_000_000).max(0);

/** The rules that a run is settled by, as they are logged before it: integers and words only. */
export const StandingRules = z.strictObject({
  mode: z.enum(REWARD_MODES),
  /** How time counts in the book, also where the book decides no score. */
  speed: z.enum(SPEED_MODES),
  boost: z.enum(BOOSTS),
  /** Billionths. */
  failure: z.strictObject({ store: penalty, challenge: penalty, retrieve: penalty }),
  down: penalty,
  alpha_micro: z.int().min(0).max(1_000_000),
  max_failed_pings: z.int().min(0).max(1_000_000_000),
  tier_rule: z.enum(TIER_RULE_NAMES),
  /** Tiers are evaluated by the first plan so many blocks after the last evaluation. */
  tier_blocks: z.int().min(1),
  /** T of challenges, microseconds. */
  timeout_us: z
    .int()
    .min(1)
    .max(2 ** 40),
  weights_rule: z.enum(WEIGHTS_RULES),
});
export type StandingRules = Readonly<z.infer<typeof StandingRules>>;

/** Tiers are evaluated at least so often, however many blocks a step has. */
export const TIER_BLOCKS = 360;

/** The rules that a validator's options state, for a mode and the time its challenges may take. */
export function standingRulesOf(
  options: OpenValues<typeof VALIDATOR_OPTIONS>,
  { mode, timeoutMs }: { readonly mode: RewardMode; readonly timeoutMs: number },
): StandingRules {
  const { boost, failure, down } = rewardRulesOf(options);
  const stepBlocks = options["neuron.blocks_per_step"];
  return {
    mode,
    speed: mode === "share" ? options["neuron.speed_mode"] : mode,
    boost,
    failure,
    down,
    alpha_micro: options["neuron.moving_average_alpha"],
    max_failed_pings: options["neuron.max_failed_pings"],
    tier_rule: options["neuron.tier_rule"],
    tier_blocks: Math.min(options["neuron.tier_update_step_length"] * stepBlocks, TIER_BLOCKS),
    timeout_us: Math.round(timeoutMs * 1000),
    weights_rule: options["neuron.weights_rule"],
  };
}

/** How the book of such rules is written on. */
export function bookRulesOf(rules: StandingRules): BookRules {
  const { store, challenge, retrieve } = rules.failure;
  return {
    rewards: {
      mode: rules.speed,
      boost: rules.boost,
      failure: { store: toNano(store), challenge: toNano(challenge), retrieve: toNano(retrieve) },
      down: toNano(rules.down),
    },
    alphaMicro: rules.alpha_micro,
    maxFailedPings: rules.max_failed_pings,
  };
}
