import { duration, flag, hotkeys } from "./kinds.ts";
import { VALIDATOR_OPTIONS } from "./validator-options.ts";

/** Every option of an API node: its own, and all of the validator's. */
export const API_OPTIONS = {
  ...VALIDATOR_OPTIONS,
  "api.store_timeout": duration(60, "seconds", {
    help: "A piece must have been taken within",
    upstream: "600 since release 3",
    effect: "later counts as a miner that does not answer; the next one is tried",
  }),
  "api.retrieve_timeout": duration(60, "seconds", {
    help: "A piece must have been brought back within",
    upstream: "600 since release 3",
    effect: "later counts as a miner that does not answer; the next holder is tried",
  }),
  "api.ping_timeout": duration(2, "seconds", {
    help: "A ping must have been answered within",
    upstream: "5 in code",
    effect: "a slower miner is not drawn for a store",
  }),
  "api.whitelisted_hotkeys": hotkeys({
    help: "Hotkeys that are served; with none nobody is",
    aliases: ["api.whitelist_hotkeys"],
    effect: "403 NOT_WHITELISTED for others",
  }),
  "api.blacklisted_hotkeys": hotkeys({
    help: "Hotkeys that are never served",
    aliases: ["api.blacklist_hotkeys"],
    effect: "403 BLACKLISTED",
  }),
  "api.open_access": flag({
    help: "Serve everybody who is not blacklisted",
    aliases: ["api.debug"],
    effect: "the whitelist is not looked at; files still belong to their owners",
  }),
} as const;
