import { toFixed } from "@neurond/incentive";
import type { WeightsHindrance } from "./plan.ts";

const MINUTE_US = 60_000_000;

/** One line about why weights are not set, and what to do. */
export function hindranceLine(hindrance: WeightsHindrance): string {
  switch (hindrance.code) {
    case "NOT_REGISTERED":
      return "the hotkey is not registered on the subnet: register it, or check which key signs";
    case "TOO_FEW_HOURS":
      return `${hindrance.verified} hours of the last week are verified, ${hindrance.needed} are needed: wait for more, or see the findings on entries`;
    case "TOO_OLD":
      return hindrance.age === null
        ? "no hour is verified: see the findings on entries"
        : `the newest verified hour ended ${minutes(hindrance.age)} minutes ago, at most ${minutes(hindrance.limit)} are allowed: check the validator's API`;
    case "NOTHING_EARNED":
      return "no registered miner earned anything: see the scores";
    case "CHANGE_TOO_LARGE":
      return `the vector differs from the last one by ${toFixed(hindrance.change, 3)}, less than ${toFixed(hindrance.limit, 3)} is allowed: look at it, then allow the change once (set_weights.allow_change)`;
    case "SCORES_INCOMPLETE":
      return "the scores lack a feed of the validator or hours of the week: see the findings";
    case "NO_PERMIT":
      return "the hotkey has no validator permit: it needs more stake";
    case "VERSION_OUTDATED":
      return `the subnet asks for weights of version ${hindrance.chains}, ours are of ${hindrance.ours}: update, then raise set_weights.version_key`;
    case "TOO_FEW_WEIGHTS":
      return `the vector has ${hindrance.weights} miners, the subnet asks for ${hindrance.needed}`;
    case "WEIGHT_TOO_LARGE":
      return `one miner has more than the subnet allows, ${hindrance.limit} of 65535`;
  }
}

const minutes = (micros: number): number => Math.floor(micros / MINUTE_US);
