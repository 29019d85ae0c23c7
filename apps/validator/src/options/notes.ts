import type { Config } from "../config.ts";

/**
 * Options that a validator of ours does otherwise, and why. Whoever gives one is told at start, in
 * one line: an option that does nothing and says nothing is worse than none.
 */
const NOTES: Readonly<Record<string, string>> = {
  "neuron.min_chunk_size": "runs ask for leaves of 4 KiB, which probe.samples counts",
  "neuron.override_chunk_size": "runs ask for leaves of 4 KiB, which probe.samples counts",
  "neuron.chunk_factor": "runs ask for leaves of 4 KiB, which probe.samples counts",
  "neuron.challenge_sample_size":
    "counts the miners of a round of retrievals; a run challenges every miner that holds something, so that nobody can be left out",
  "neuron.distribute_step_length":
    "pieces are repaired where their files are known: by the API node and by the client",
  "database.host": "records are kept in Postgres: set database.url or DATABASE_URL",
  "database.port": "records are kept in Postgres: set database.url or DATABASE_URL",
  "database.index": "records are kept in Postgres: set database.schema",
  "database.redis_password": "records are kept in Postgres: set database.url or DATABASE_URL",
  "database.redis_conf_path": "no Redis server is used, so its configuration is not read",
  "database.skip_native_environment_check": "no Redis server is used, so nothing is checked",
  "database.purge_challenges":
    "test data frees its space by its lifetime (neuron.data_ttl); its receipts are evidence and stay",
  "encryption.wallet_name": "test data is random bytes that nobody can read, so no wallet is made",
  "encryption.wallet_hotkey":
    "test data is random bytes that nobody can read, so no wallet is made",
  "encryption.password": "test data is random bytes that nobody can read, so no wallet is made",
};

/** Options that count only where scores follow from rewards. */
const REWARDS = [
  "neuron.speed_boost",
  "neuron.store_failure_reward",
  "neuron.challenge_failure_reward",
  "neuron.retrieve_failure_reward",
  "neuron.monitor_failure_reward",
  "neuron.moving_average_alpha",
  "neuron.weights_rule",
];

/** Options that count only while test data is stored. */
const TEST_DATA = [
  "neuron.maxsize",
  "neuron.store_redundancy",
  "neuron.store_step_length",
  "neuron.store_sample_size",
  "neuron.store_timeout",
  "neuron.data_ttl",
];

/** Options that count only for published events. */
const PUBLISHED = [
  "wandb.project_name",
  "wandb.entity",
  "wandb.notes",
  "wandb.run_step_length",
  "wandb.weights_step_length",
];

/** What to tell of the options that were given: each with one line. */
export function notesOn(config: Config, given: ReadonlySet<string>): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  const say = (names: readonly string[], text: string) => {
    for (const name of names) if (given.has(name)) notes.set(name, text);
  };
  for (const [name, text] of Object.entries(NOTES)) say([name], text);
  if (config["neuron.device"] === "cuda") say(["neuron.device"], "all work is done on the CPU");
  if (config.rewards.mode === "share") {
    say(
      REWARDS,
      "rewards.mode is share: it counts in events, and in scores with sigmoid or minmax",
    );
  }
  if (!config.jobs.testData) say(TEST_DATA, "counts with jobs.testData, which is off");
  if (config["wandb.off"]) say(PUBLISHED, "nothing is published with wandb.off");
  if (config.wandb.apiKey === undefined) {
    say(["wandb.offline"], "without WANDB_API_KEY events are published to files alone");
  }
  if (config["neuron.dont_save_events"]) {
    say(["neuron.dont_save_events"], "`neurond audit uids` has nothing to look at");
    say(["neuron.events_retention_size"], "no event log is written");
  }
  if (!config.jobs.enabled) {
    say(
      [...given].filter((name) => JOBS.has(name)),
      "counts with jobs.enabled, which is off",
    );
  }
  return notes;
}

const JOBS = new Set([
  "neuron.retrieve_step_length",
  "neuron.retrieve_timeout",
  "neuron.monitor_step_length",
  "neuron.monitor_sample_size",
  "neuron.max_failed_pings",
  "neuron.checkpoint_block_length",
  "neuron.num_concurrent_forwards",
  "neuron.semaphore_size",
  "neuron.uid_selection",
  "neuron.profile",
]);
