import { duration, flag, hotkeys, tao, text, whole } from "./kinds.ts";
import { COMMON_OPTIONS, databaseOptions, deviceOption, wandbOptions } from "./shared-options.ts";

/** Every option of the miner. */
export const MINER_OPTIONS = {
  ...COMMON_OPTIONS,
  "miner.name": text("core_storage_miner", {
    help: "Name of the miner",
    effect: "last part of the state directory",
  }),
  "miner.device": deviceOption(),
  "miner.verbose": flag({
    help: "Log every request",
    effect: "setting `log.level` is debug at least",
  }),
  ...databaseOptions(0),
  "database.directory": text("~/.data", {
    help: "Directory of stored pieces",
    effect: "setting `storage.directory`: where pieces are written",
  }),
  "miner.set_weights_wait_for_inclusion": flag({
    help: "Wait until weights stand in a block",
    effect: "said at start: a miner sets no weights",
  }),
  "miner.set_weights_wait_for_finalization": flag({
    help: "Wait until weights stand in a final block",
    effect: "said at start: a miner sets no weights",
  }),
  "miner.blacklist.blacklist": hotkeys({
    help: "Hotkeys that are never served",
    aliases: ["blacklist.blacklist_hotkeys"],
    effect: "403 SENDER_NOT_ALLOWED, refused by the rule BLACKLISTED",
  }),
  "miner.blacklist.whitelist": hotkeys({
    help: "Hotkeys that are always served",
    aliases: ["blacklist.whitelist_hotkeys"],
    effect: "served without any further question, and without a limit",
  }),
  "miner.blacklist.force_validator_permit": flag({
    help: "Serve only who holds a validator permit",
    aliases: ["blacklist.force_validator_permit"],
    effect: "403 NO_PERMIT for others",
  }),
  "miner.blacklist.allow_non_registered": flag({
    help: "Serve hotkeys that are not registered",
    aliases: ["blacklist.allow_non_registered"],
    effect: "without it 403 NOT_REGISTERED for them",
  }),
  "miner.blacklist.minimum_stake_requirement": tao("0.0", {
    help: "Stake a caller needs",
    aliases: ["blacklist.minimum_stake_requirement"],
    effect: "403 LOW_STAKE for less",
  }),
  "miner.blacklist.min_request_period": duration(5, "minutes", {
    help: "Time over which the requests of a caller are counted",
    aliases: ["blacklist.min_request_period"],
    effect: "window of `miner.priority.len_request_timestamps`: 429 RATE_LIMITED beyond it",
  }),
  "miner.priority.default": tao("0.0", {
    help: "Priority of a caller that is not registered",
    aliases: ["priority.default"],
    effect: "its place in the queue of waiting requests",
  }),
  "miner.priority.time_stake_multiplicate": duration(10, "minutes", {
    help: "Time of waiting after which a request counts twice its stake",
    aliases: ["priority.time_stake_multiplicate"],
    effect: "how fast a waiting request rises in the queue",
  }),
  "miner.priority.len_request_timestamps": whole(
    50,
    {
      help: "Requests of one caller within min_request_period",
      unit: "requests",
      aliases: ["priority.len_request_timestamps", "miner.max_requests_per_window"],
      effect: "429 RATE_LIMITED for the next one",
    },
    { min: 1, max: 1_000_000 },
  ),
  "miner.rate_limit_window": whole(
    0,
    {
      help: "Blocks over which the requests of a caller are counted; 0: min_request_period counts",
      unit: "blocks",
      upstream: "25, described as blocks and taken as seconds",
      effect: "when above 0, window of 429 RATE_LIMITED at 12 s a block",
    },
    { min: 0, max: 1_000_000 },
  ),
  "miner.request_log_name": text("requests_log.json", {
    help: "File of callers and what they asked",
    effect: "written in the state directory: hotkey to a list of [message, time]",
  }),
  "miner.seconds_to_wait_to_log_presence_message": duration(4, "seconds", {
    help: "Between two lines that say the miner is there",
    effect: "how often the line with block, stake and incentive is logged",
  }),
  "miner.no_set_weights": flag({
    help: "Set no weights",
    effect: "a miner never sets weights: those of a neuron without a permit count for nothing",
  }),
  "miner.no_serve": flag({
    help: "Announce nothing on chain",
    effect: "setting `axon.announce` is false",
  }),
  "miner.no_start_axon": flag({
    help: "Serve nothing",
    effect: "no port is opened, and nothing announced",
  }),
  "miner.mock_subtensor": flag({
    help: "Use a chain in this process instead of a network",
    effect: "refused at start: `neurond localnet` runs a chain with everything on it",
  }),
  test: flag({
    help: "Try the miner by itself",
    effect: "refused at start: `neurond localnet` stores, challenges and brings back for real",
  }),
  ...wandbOptions("said at start: a miner publishes no events"),
} as const;
