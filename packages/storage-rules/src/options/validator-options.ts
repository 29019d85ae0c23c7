import { BOOSTS } from "../rewards/boost.ts";
import { SPEED_MODES } from "../rewards/speed.ts";
import { WEIGHTS_RULES } from "../rewards/weights.ts";
import { TIER_RULE_NAMES } from "../tiers/rules.ts";
import { SELECTION_RULES } from "../uids/select.ts";
import {
  choice,
  duration,
  flag,
  lifetime,
  optionalText,
  penalty,
  share,
  size,
  tao,
  text,
  whole,
} from "./kinds.ts";
import {
  COMMON_OPTIONS,
  databaseOptions,
  deviceOption,
  ENCRYPTION_OPTIONS,
  WANDB_OPTIONS,
} from "./shared-options.ts";

const STEPS = { min: 1, max: 1_000_000 };
const MIB = 1_048_576;

/** What a validator stores and asks for, and how often. */
const WORK_OPTIONS = {
  "neuron.curve": choice(["P-256"], "P-256", {
    help: "Curve of commitments",
    effect: "any other is refused at start",
  }),
  "neuron.maxsize": whole(
    0,
    {
      help: "Longest piece of random test data; 0: sizes are log-normal around 1 MiB",
      unit: "bytes",
      upstream: "none",
      effect: "sizes of test data are uniform up to it",
    },
    { min: 0, max: 64 * MIB },
  ),
  "neuron.min_chunk_size": whole(
    256,
    {
      help: "Smallest leaf a challenge of the old codec asks for",
      unit: "bytes",
      effect: "least chunk of challenges in the mode `legacy`",
    },
    { min: 1, max: 64 * MIB },
  ),
  "neuron.override_chunk_size": whole(
    0,
    {
      help: "Size of every such leaf; 0: drawn anew each time",
      unit: "bytes",
      effect: "chunk of challenges in the mode `legacy`",
    },
    { min: 0, max: 64 * MIB },
  ),
  "neuron.chunk_factor": whole(
    4,
    {
      help: "Such a leaf is at most the piece divided by this",
      effect: "largest chunk of challenges in the mode `legacy`",
    },
    { min: 1, max: 1_000_000 },
  ),
  "neuron.store_redundancy": whole(
    3,
    {
      help: "Miners that hold each piece of test data",
      unit: "miners",
      upstream: "4 in code",
      effect: "how many miners are drawn by a store that names no number",
    },
    { min: 1, max: 1000 },
  ),
  "neuron.store_step_length": whole(
    5,
    {
      help: "Steps between two stores of test data",
      unit: "steps",
      upstream: "2 in code",
      effect: "cadence of the job store",
    },
    STEPS,
  ),
  "neuron.store_sample_size": whole(
    10,
    {
      help: "Miners that one round of stores asks",
      unit: "miners",
      upstream: "15 since release 2",
      effect: "uids drawn for the purpose store",
    },
    { min: 1, max: 65_536 },
  ),
  "neuron.challenge_sample_size": whole(
    10,
    {
      help: "Miners that one round of challenges asks; 0: all",
      unit: "miners",
      effect: "uids drawn for the purpose challenge",
    },
    { min: 0, max: 65_536 },
  ),
  "neuron.retrieve_step_length": whole(
    5,
    { help: "Steps between two retrievals", unit: "steps", effect: "cadence of the job retrieve" },
    STEPS,
  ),
  "neuron.monitor_step_length": whole(
    5,
    {
      help: "Steps between two rounds of pings",
      unit: "steps",
      upstream: "1 since release 2",
      effect: "cadence of the job monitor",
    },
    STEPS,
  ),
  "neuron.monitor_sample_size": whole(
    20,
    {
      help: "Miners that one round pings",
      unit: "miners",
      upstream: "40 since release 2",
      effect: "uids drawn for the purpose monitor",
    },
    { min: 1, max: 65_536 },
  ),
  "neuron.max_failed_pings": whole(
    10,
    {
      help: "Failed pings in a row after which one more declares a miner down",
      unit: "pings",
      upstream: "5 since release 2, not in a row",
      effect: "the miner is repaired away, and gets the reward for being down",
    },
    { min: 0, max: 1_000_000 },
  ),
  "neuron.distribute_step_length": whole(
    10,
    {
      help: "Steps between two looks for files that need more holders",
      unit: "steps",
      effect: "cadence of the job repair",
    },
    STEPS,
  ),
  "neuron.data_ttl": lifetime("50000", {
    help: "How long test data is kept and asked for; blocks, or time such as 30d",
    upstream: "2592000 seconds since release 2",
    effect: "in the receipt: the miner frees the space after it, and nobody asks for it any more",
  }),
  "neuron.blocks_per_step": whole(
    3,
    {
      help: "Blocks of a step",
      unit: "blocks",
      effect: "multiplies every cadence in steps; block of a round whose hash draws uids",
    },
    STEPS,
  ),
  "neuron.num_concurrent_forwards": whole(
    1,
    {
      help: "Rounds of a job that may run at once",
      unit: "rounds",
      effect: "how many copies of a job run beside each other",
    },
    { min: 1, max: 1000 },
  ),
  "neuron.semaphore_size": whole(
    256,
    {
      help: "Requests that are out at once",
      unit: "requests",
      effect: "permits that all jobs share",
    },
    { min: 1, max: 65_536 },
  ),
  "neuron.store_timeout": duration(60, "seconds", {
    help: "A piece must have been taken within",
    upstream: "100 since release 3",
    effect: "later is a failure; T of the reward for stores",
  }),
  "neuron.challenge_timeout": duration(30, "seconds", {
    help: "A challenge must have been answered within",
    upstream: "45 since release 3",
    effect: "later is a failure; T of the reward for challenges",
  }),
  "neuron.retrieve_timeout": duration(60, "seconds", {
    help: "A piece must have been brought back within",
    upstream: "100 since release 3",
    effect: "later is a failure; T of the reward for retrievals",
  }),
  "neuron.uid_selection": choice(SELECTION_RULES, "sha256", {
    help: "How uids are drawn from a block hash",
    upstream: "python",
    effect: "rule of selections in the event log",
  }),
  "neuron.vpermit_tao_limit": tao("500", {
    help: "With a permit and more stake than this a neuron is a validator, not a miner",
    effect: "who is a candidate",
  }),
} as const;

/** How answers become tiers, scores and weights. */
const REWARD_OPTIONS = {
  "neuron.tier_update_step_length": whole(
    100,
    {
      help: "Steps between two evaluations of tiers",
      unit: "steps",
      aliases: ["neuron.compute_stats_interval"],
      effect: "cadence of the job tiers; every 360 blocks at least",
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
    effect: "multiplier of rewards",
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
    effect: "weights on chain",
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

/** What a validator keeps and writes. */
const RECORD_OPTIONS = {
  "neuron.name": text("core_storage_validator", {
    help: "Name of the validator",
    effect: "last part of the state directory",
  }),
  "neuron.device": deviceOption(),
  "neuron.checkpoint_block_length": whole(
    100,
    {
      help: "Blocks between two checkpoints",
      unit: "blocks",
      effect:
        "cadence of the job checkpoint: metagraph read again, replaced hotkeys start at zero, state saved",
    },
    STEPS,
  ),
  "neuron.events_retention_size": size("2 GB", {
    help: "Size at which the event log begins a new file",
    effect: "rotation of events.jsonl",
  }),
  "neuron.dont_save_events": flag({
    help: "Write no event log",
    effect:
      "no events.jsonl; `audit uids` then has nothing to look at, which is warned of at start",
  }),
  "neuron.verbose": flag({
    help: "Log every answer",
    effect: "setting `log.level` is debug at least",
  }),
  "neuron.log_responses": flag({
    help: "Log what miners answered, without data",
    effect: "one line at level info for every answer: hotkey, status, time, bytes",
  }),
  "neuron.profile": flag({
    help: "Measure how long the parts of a step take",
    effect: "a line with seconds of every job's parts after each run",
  }),
  "neuron.debug_logging_path": text("debug", {
    help: "Directory of detailed logs, within the state directory",
    effect: "with `logging.debug` the log is also written there",
  }),
  "neuron.mock": flag({
    help: "Use a chain in this process instead of a network",
    aliases: ["mock"],
    effect: "a development chain is started and the hotkey registered on it",
  }),
  "database.purge_challenges": flag({
    help: "Delete test data from the index at start",
    upstream: "deletes the index of user files too",
    effect: "records of test data are gone, and those of user files stay",
  }),
  "neuron.state_path": optionalText({
    help: "State directory, instead of the one made of names",
    effect: "where state.json, events.jsonl and total_storage.csv lie",
  }),
} as const;

/** Every option of the validator. */
export const VALIDATOR_OPTIONS = {
  ...COMMON_OPTIONS,
  ...RECORD_OPTIONS,
  ...WORK_OPTIONS,
  ...REWARD_OPTIONS,
  ...databaseOptions(1),
  ...WANDB_OPTIONS,
  ...ENCRYPTION_OPTIONS,
} as const;
