import { SELECTION_RULES } from "../uids/select.ts";
import { choice, duration, lifetime, tao, whole } from "./kinds.ts";

const STEPS = { min: 1, max: 1_000_000 };
const MIB = 1_048_576;

/** What a validator stores and asks for, and how often. */
export const WORK_OPTIONS = {
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
      effect: "said at start: runs ask for leaves of 4 KiB, counted by `probe.samples`",
    },
    { min: 1, max: 64 * MIB },
  ),
  "neuron.override_chunk_size": whole(
    0,
    {
      help: "Size of every such leaf; 0: drawn anew each time",
      unit: "bytes",
      effect: "said at start: runs ask for leaves of 4 KiB, counted by `probe.samples`",
    },
    { min: 0, max: 64 * MIB },
  ),
  "neuron.chunk_factor": whole(
    4,
    {
      help: "Such a leaf is at most the piece divided by this",
      effect: "said at start: runs ask for leaves of 4 KiB, counted by `probe.samples`",
    },
    { min: 1, max: 1_000_000 },
  ),
  "neuron.store_redundancy": whole(
    3,
    {
      help: "Miners that hold each piece of test data",
      unit: "miners",
      upstream: "4 in code",
      effect: "how many of the drawn miners are given the same piece",
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
      effect:
        "uids drawn for the purpose retrieve; a run challenges everybody who holds something, which is said at start",
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
      effect: "the miner gets the reward for being down",
    },
    { min: 0, max: 1_000_000 },
  ),
  "neuron.distribute_step_length": whole(
    10,
    {
      help: "Steps between two looks for files that need more holders",
      unit: "steps",
      effect: "cadence of the job statistics; repair is the API node's, which is said at start",
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
      effect: "rounds of stores and retrievals in a row, each of other uids",
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
