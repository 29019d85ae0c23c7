import { flag, optionalText, size, text, whole } from "./kinds.ts";
import { deviceOption } from "./shared-options.ts";

const STEPS = { min: 1, max: 1_000_000 };

/** What a validator keeps and writes. */
export const RECORD_OPTIONS = {
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
        "cadence of the job checkpoint: what is known of registered miners is written to state.json",
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
    effect: "a line with the seconds of every run of a job",
  }),
  "neuron.debug_logging_path": text("debug", {
    help: "Directory of detailed logs, within the state directory",
    effect: "with `logging.debug` the log is also written there",
  }),
  "neuron.mock": flag({
    help: "Use a chain in this process instead of a network",
    aliases: ["mock"],
    effect: "refused at start: `neurond localnet` runs a chain with everything on it",
  }),
  "database.purge_challenges": flag({
    help: "Delete test data from the index at start",
    upstream: "deletes the index of user files too",
    effect: "said at start: test data goes by its lifetime, and its receipts are evidence and stay",
  }),
  "neuron.state_path": optionalText({
    help: "State directory, instead of the one made of names",
    effect: "where state.json, events.jsonl and total_storage.csv lie",
  }),
} as const;
