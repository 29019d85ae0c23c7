import type { Config } from "../config.ts";

const DISK = "what is stored is indexed on its own disk, and no Redis server is used";
const WEIGHTS =
  "a miner of ours sets no weights: those of neurons without a permit count for nothing";
const EVENTS = "a miner publishes no events: validators keep the record of what was answered";

/** Options that a miner of ours does otherwise, and why; whoever gives one is told at start. */
const NOTES: Readonly<Record<string, string>> = {
  "database.host": DISK,
  "database.port": DISK,
  "database.index": DISK,
  "database.redis_password": DISK,
  "database.redis_conf_path": DISK,
  "database.skip_native_environment_check": DISK,
  "miner.set_weights_wait_for_inclusion": WEIGHTS,
  "miner.set_weights_wait_for_finalization": WEIGHTS,
  "miner.no_set_weights": WEIGHTS,
  "wandb.off": EVENTS,
  "wandb.project_name": EVENTS,
  "wandb.entity": EVENTS,
  "wandb.offline": EVENTS,
  "wandb.weights_step_length": EVENTS,
  "wandb.run_step_length": EVENTS,
  "wandb.notes": EVENTS,
};

/** What to tell of the options that were given: each with one line. */
export function notesOn(config: Config, given: ReadonlySet<string>): ReadonlyMap<string, string> {
  const notes = new Map(Object.entries(NOTES).filter(([name]) => given.has(name)));
  if (config["miner.device"] === "cuda") notes.set("miner.device", "all work is done on the CPU");
  return notes;
}
