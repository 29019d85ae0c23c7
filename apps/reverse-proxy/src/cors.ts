import type { Arrival } from "./exchange.ts";
import { headerOf } from "./policies/header-of.ts";

/** Which pages may call; nobody's without origins. */
export interface Cors {
  /** Headers that every answer to this request carries: name, value, name, value. */
  headersFor(arrival: Arrival): readonly string[];
  /** What a browser is told that asks before it sends; null for any other request. */
  preflight(arrival: Arrival, methods: readonly string[]): Readonly<Record<string, string>> | null;
}

const PREFLIGHT_SECONDS = "600";

/** Answers browsers by a list of origins; never with credentials, which a signed request does not need. */
export function createCors(origins: readonly string[]): Cors {
  const any = origins.includes("*");
  const allowed = (origin: string) => any || origins.includes(origin);
  return {
    headersFor({ head }) {
      const origin = origins.length === 0 ? undefined : headerOf(head.headers, "origin");
      if (origin === undefined || !allowed(origin)) return [];
      return any ? ANY : ["Access-Control-Allow-Origin", origin, "Vary", "Origin"];
    },
    preflight({ head }, methods) {
      const origin = headerOf(head.headers, "origin");
      if (head.method !== "OPTIONS" || origin === undefined || !allowed(origin)) return null;
      if (headerOf(head.headers, "access-control-request-method") === undefined) return null;
      const wanted = headerOf(head.headers, "access-control-request-headers");
      return {
        "Access-Control-Allow-Methods": methods.join(", "),
        ...(wanted !== undefined && { "Access-Control-Allow-Headers": wanted }),
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
      };
    },
  };
}

const ANY = ["Access-Control-Allow-Origin", "*"];
