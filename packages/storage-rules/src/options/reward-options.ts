import { BOOSTS } from "../rewards/boost.ts";
import { SPEED_MODES } from "../rewards/speed.ts";
import { WEIGHTS_RULES } from "../rewards/weights.ts";
import { TIER_RULE_NAMES } from "../tiers/rules.ts";
import { choice, flag, penalty, share, whole } from "./kinds.ts";

const STEPS = { min: 1, max: 1_000_000 };

/** How answers become tiers, scores and weights. */
export const REWARD_OPTIONS = {
  "neuron.tier_update_step_length": whole(
    100,
    {
      help: "Steps between two evaluations of tiers",
      unit: "steps",
      aliases: ["neuron.compute_stats_interval"],
      effect:
        "tiers are evaluated by the first plan of a run after so many steps, and after 360 blocks at the latest",
    },
    STEPS,
  ),
  "neuron.tier_rule": choice(TIER_RULE_NAMES, "seed", {
    help: "Table of tiers and what reaches them",
    effect: "tier, limit and factor of every miner",
  }),
  "neuron.speed_mode": choice(SPEED_MODES, "sigmoid", {
    help: "How the time of an answer counts",
    upstream: "minmax, and the slowest earned most",
    effect: "multiplier of rewards; when it is given, setting `rewards.mode` follows it",
  }),
  "neuron.speed_boost": choice(BOOSTS, "none", {
    help: "Whether the two fastest are lifted as in release 2",
    upstream: "v2 since release 2",
    effect: "factor of the two fastest",
  }),
  "neuron.store_failure_reward": penalty("0", {
    help: "Reward of a failed store, before the factor",
    effect: "rewards of the event Store",
  }),
  "neuron.challenge_failure_reward": penalty("-0.05", {
    help: "Reward of a failed challenge, before the factor",
    upstream: "0",
    effect: "rewards of the event Challenge",
  }),
  "neuron.retrieve_failure_reward": penalty("-0.05", {
    help: "Reward of a failed retrieval, before the factor",
    upstream: "0, and -0.01 since release 2",
    effect: "rewards of the event Retrieve",
  }),
  "neuron.monitor_failure_reward": penalty("-0.005", {
    help: "Reward of being declared down",
    upstream: "0 in the first release",
    effect: "rewards of the event Monitor",
  }),
  "neuron.moving_average_alpha": share("0.05", {
    help: "Share of a new reward in the moving average",
    effect: "how fast scores move",
  }),
  "neuron.weights_rule": choice(WEIGHTS_RULES, "clamp", {
    help: "What becomes of scores below zero",
    upstream: "v2 since release 2",
    effect: "scores of reports, which weights follow from, where `rewards.mode` is not share",
  }),
  "neuron.set_weights_epoch_length": whole(
    200,
    {
      help: "Blocks between two submissions of weights",
      unit: "blocks",
      upstream: "180 since release 2",
      effect: "setting `weights.everyBlocks`",
    },
    STEPS,
  ),
  "neuron.disable_set_weights": flag({
    help: "Send no weights",
    effect: "weights are computed and logged, and not sent",
  }),
  "neuron.disable_log_rewards": flag({
    help: "Leave rewards out of events",
    effect: "events without `rewards` and `moving_averaged_scores`",
  }),
} as const;
