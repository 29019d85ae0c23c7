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
