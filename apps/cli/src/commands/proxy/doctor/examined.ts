import type { Check } from "../../doctor/check.ts";

/** What is looked at, in the order in which it is shown. */
export const PROXY_CHECKS = [
  "settings",
  "callers",
  "capacity",
  "tls",
  "backends",
  "redis",
  "chain",
  "clock",
  "date",
  "registration",
  "validators",
  "announcement",
  "endpoint",
  "process",
  "snapshot",
  "offset",
  "refusals",
] as const;
export type ProxyCheckName = (typeof PROXY_CHECKS)[number];

/** One thing that was looked at. */
export type ProxyCheck = Check<ProxyCheckName>;
