import {
  type Charge,
  type Limit,
  limitOf,
  type RateLimiter,
  type StakeQuota,
  stakeQuota,
  type Taken,
} from "@neurond/admission";
import { STATUS } from "@neurond/epistula";
import { type Rao, toRao } from "@neurond/primitives";
import type { Policy, Verdict, Whole } from "../policy.ts";
import { limitHeaders } from "./limit-headers.ts";

const MINUTE_MS = 60_000;

export interface RateLimitOptions {
  readonly limiter: RateLimiter;
  readonly hotkey: StakeQuota;
  readonly coldkey: StakeQuota;
  /** Requests a minute of everybody; 0 sets no limit. */
  readonly globalPerMinute: number;
}

/**
 * Charges hotkey, coldkey, route and everybody together, all or none. Only what is proven gets here: a
 * claim to be somebody must not use up what is theirs.
 */
export function rateLimit(options: RateLimitOptions): Policy<Whole> {
  const { limiter, globalPerMinute } = options;
  const hotkeyLimit = growing(options.hotkey);
  const coldkeyLimit = growing(options.coldkey);
  const fixed = fixedLimits();
  return {
    name: "rate-limit",
    judge: ({ exchange: { principal, route, receivedAt } }): Verdict | Promise<Verdict> => {
      const charges: Charge[] = [];
      if (principal !== null) {
        const { hotkey, standing } = principal;
        const stake = standing?.stakeRao ?? NO_STAKE;
        charges.push({ key: `hotkey:${hotkey}`, limit: hotkeyLimit(stake) });
        if (standing)
          charges.push({ key: `coldkey:${standing.coldkey}`, limit: coldkeyLimit(stake) });
      }
      if (route.perMinute !== null)
        charges.push({ key: `route:${route.name}`, limit: fixed(route.perMinute) });
      if (globalPerMinute > 0) charges.push({ key: "all", limit: fixed(globalPerMinute) });
      const [first, ...others] = charges;
      if (first === undefined) return undefined;
      const taken = limiter.take([first, ...others], receivedAt);
      const judge = (result: Taken) => verdict(result, charges);
      return taken instanceof Promise ? taken.then(judge) : judge(taken);
    },
  };
}

const NO_STAKE: Rao = toRao(0n);

function verdict(taken: Taken, charges: readonly Charge[]): Verdict {
  if (taken.allowed) return undefined;
  const [whose = ""] = (charges[taken.tightest]?.key ?? "").split(":");
  return {
    status: STATUS.RATE_LIMITED,
    code: "RATE_LIMITED",
    detail: `the ${whose === "all" ? "whole door" : whose} has had its requests for now`,
    headers: limitHeaders(taken),
  };
}

/** Limits by stake, each made once. */
function growing(quota: StakeQuota): (stake: Rao) => Limit {
  const perMinute = stakeQuota(quota);
  const fixed = fixedLimits();
  return (stake) => fixed(perMinute(stake));
}

/** As many different quotas as stakes have hundredths of a decade: few. */
function fixedLimits(): (perMinute: number) => Limit {
  const limits = new Map<number, Limit>();
  return (perMinute) => {
    const known = limits.get(perMinute) ?? limitOf({ requests: perMinute, perMs: MINUTE_MS });
    limits.set(perMinute, known);
    return known;
  };
}
