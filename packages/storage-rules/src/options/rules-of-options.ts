import type { ApiAccessRules } from "../access/api-access.ts";
import type { MinerAccessRules } from "../access/miner-access.ts";
import type { PriorityRules } from "../access/priority.ts";
import type { RewardRules } from "../rewards/reward-batch.ts";
import type { API_OPTIONS } from "./api-options.ts";
import type { MINER_OPTIONS } from "./miner-options.ts";
import type { OpenValues } from "./option.ts";
import type { VALIDATOR_OPTIONS } from "./validator-options.ts";

const BLOCK_MS = 12_000;
const MINUTE_MS = 60_000;

/** Whom a miner serves, by its options. */
export function minerAccessOf(options: OpenValues<typeof MINER_OPTIONS>): MinerAccessRules {
  const blocks = options["miner.rate_limit_window"];
  const minutes = options["miner.blacklist.min_request_period"];
  return {
    blacklist: new Set(options["miner.blacklist.blacklist"]),
    whitelist: new Set(options["miner.blacklist.whitelist"]),
    forceValidatorPermit: options["miner.blacklist.force_validator_permit"],
    allowNonRegistered: options["miner.blacklist.allow_non_registered"],
    minimumStake: options["miner.blacklist.minimum_stake_requirement"],
    maxRequests: options["miner.priority.len_request_timestamps"],
    windowMs: blocks > 0 ? blocks * BLOCK_MS : minutes * MINUTE_MS,
  };
}

/** Who comes first at a miner, by its options. */
export function priorityRulesOf(options: OpenValues<typeof MINER_OPTIONS>): PriorityRules {
  return {
    fallback: options["miner.priority.default"],
    doublingMinutes: options["miner.priority.time_stake_multiplicate"],
  };
}

/** Whom an API node serves, by its options. */
export function apiAccessOf(options: OpenValues<typeof API_OPTIONS>): ApiAccessRules {
  return {
    whitelist: new Set(options["api.whitelisted_hotkeys"]),
    blacklist: new Set(options["api.blacklisted_hotkeys"]),
    openAccess: options["api.open_access"],
  };
}

/** What answers are worth, by the validator's options. */
export function rewardRulesOf(options: OpenValues<typeof VALIDATOR_OPTIONS>): RewardRules {
  return {
    mode: options["neuron.speed_mode"],
    boost: options["neuron.speed_boost"],
    failure: {
      store: options["neuron.store_failure_reward"],
      challenge: options["neuron.challenge_failure_reward"],
      retrieve: options["neuron.retrieve_failure_reward"],
    },
    down: options["neuron.monitor_failure_reward"],
  };
}
