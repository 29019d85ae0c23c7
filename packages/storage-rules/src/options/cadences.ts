import { TIER_BLOCKS } from "../standing/standing-rules.ts";
import type { OpenValues } from "./option.ts";
import type { VALIDATOR_OPTIONS } from "./validator-options.ts";

/** Jobs of a validator, each with a cadence of its own. */
export const JOBS = [
  "store",
  "challenge",
  "retrieve",
  "monitor",
  "repair",
  "tiers",
  "expiry",
  "checkpoint",
  "weights",
] as const;
export type JobName = (typeof JOBS)[number];

/** Steps between two looks for expired pieces. */
const EXPIRY_STEPS = 60;

/** Blocks between two runs of every job, from the options; those in steps times the blocks of a step. */
export function jobCadences(
  options: OpenValues<typeof VALIDATOR_OPTIONS>,
): Readonly<Record<JobName, number>> {
  const step = options["neuron.blocks_per_step"];
  return {
    store: options["neuron.store_step_length"] * step,
    challenge: step,
    retrieve: options["neuron.retrieve_step_length"] * step,
    monitor: options["neuron.monitor_step_length"] * step,
    repair: options["neuron.distribute_step_length"] * step,
    tiers: Math.min(options["neuron.tier_update_step_length"] * step, TIER_BLOCKS),
    expiry: EXPIRY_STEPS * step,
    checkpoint: options["neuron.checkpoint_block_length"],
    weights: options["neuron.set_weights_epoch_length"],
  };
}
