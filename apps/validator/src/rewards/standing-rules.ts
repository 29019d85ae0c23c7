import { type StandingRules, standingRulesOf } from "@neurond/storage-rules";
import type { Config } from "../config.ts";

/** The rules by which a validator's runs are settled, as its standings state them. */
export const standingRules = (config: Config): StandingRules =>
  standingRulesOf(config, {
    mode: config.rewards.mode,
    timeoutMs: config.probe.deadlineSeconds * 1000,
  });
