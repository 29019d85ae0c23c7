import { limitOf, type RateLimiter } from "@neurond/admission";
import type { Policy } from "../policy.ts";
import { addressKey } from "./address-key.ts";
import { deny } from "./deny.ts";
import type { KnownAddresses } from "./known-addresses.ts";
import { limitHeaders } from "./limit-headers.ts";

const MINUTE_MS = 60_000;

export interface IpLimitOptions {
  /** Its own: strangers can make up addresses, and must not push known callers out. */
  readonly limiter: RateLimiter;
  readonly addresses: KnownAddresses;
  /** Requests a minute; 0 sets no limit. */
  readonly strangers: number;
  readonly proven: number;
}

/** Charges the source address, before anything costs anything. */
export function ipLimit({ limiter, addresses, strangers, proven }: IpLimitOptions): Policy {
  const limitFor = (perMinute: number) =>
    perMinute === 0 ? null : limitOf({ requests: perMinute, perMs: MINUTE_MS });
  const limits = { stranger: limitFor(strangers), proven: limitFor(proven) };
  return {
    name: "ip-limit",
    judge: ({ ip, receivedAt }) => {
      const kind = addresses.isProven(ip, receivedAt) ? "proven" : "stranger";
      const limit = limits[kind];
      if (limit === null) return undefined;
      const judge = (taken: Awaited<ReturnType<RateLimiter["take"]>>) =>
        taken.allowed
          ? undefined
          : deny("IP_RATE_LIMITED", "too many requests from this address", limitHeaders(taken));
      const taken = limiter.take([{ key: `ip:${kind}:${addressKey(ip)}`, limit }], receivedAt);
      return taken instanceof Promise ? taken.then(judge) : judge(taken);
    },
  };
}
