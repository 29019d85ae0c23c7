import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What a miner or a record does wrong is never one of them: it is data. */
export const STORAGE_RULES_ERRORS = {
  DRAW_INVALID: {
    cause: "miners were to be drawn from a list that is not ascending, or by a hash that is none",
    remedy: "give ascending uids, a count that is not negative, and a block hash of 32 bytes",
  },
  EVENT_TOO_LARGE: {
    cause: "one event is longer than a line of the event log may be",
    remedy: "record fewer uids in one event: split the task",
  },
  FLAG_INVALID: {
    cause: "the command line names an option nobody has, or leaves out its value",
    remedy: "see --help for the options and their values",
  },
  JOBS_INVALID: {
    cause: "jobs have the same name, or one has no cadence",
    remedy: "give every job a name of its own and at least one block between its runs",
  },
  REWARD_INVALID: {
    cause: "a time, size, factor or time limit of an answer lies outside its range",
    remedy: "give whole microseconds and bytes that are not negative, and a time limit above zero",
  },
  STATE_INVALID: {
    cause: "a file of kept state is not what this version writes",
    remedy: "move the file that the message names aside; what it held starts anew",
  },
  STATISTICS_INVALID: {
    cause: "kept counters of a miner are no whole numbers, or count more successes than attempts",
    remedy: "correct or delete the record that the message names",
  },
  WANDB_KEY_REFUSED: {
    cause: "wandb knows no such API key, or the key may not write to the project of that entity",
    remedy:
      "set WANDB_API_KEY anew, or name your own entity with --wandb.entity, and start again: what waits in the files is sent then",
  },
  WANDB_REFUSED: {
    cause: "wandb does not take a run or a file, as when somebody deleted the run there",
    remedy: "nothing: it stays in the files of this machine, and the next run is sent",
  },
  WANDB_UNAVAILABLE: {
    cause: "wandb cannot be reached, is too busy, or something else answers at its address",
    remedy: "nothing, unless it stays: what waits is sent later; else check WANDB_BASE_URL",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type StorageRulesCode = keyof typeof STORAGE_RULES_ERRORS;
