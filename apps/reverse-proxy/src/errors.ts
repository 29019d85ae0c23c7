import type { ErrorEntry } from "@neurond/primitives";

/** Every code the proxy throws at its operator. Requests turned away are a `Deny`: see `DENIALS`. */
export const PROXY_ERRORS = {
  SETTINGS_UNUSABLE: {
    cause: "settings name files or directories that are not there, or cannot be read",
    remedy: "correct the path that the message names; `--check-config` tells without starting",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes the proxy throws. */
export type ProxyCode = keyof typeof PROXY_ERRORS;

/** Reasons to turn a request away that are not those of its signature. */
export const DENIALS = {
  ROUTE_UNKNOWN: { cause: "there is no such path", remedy: "see the routes of this miner" },
  METHOD_NOT_ALLOWED: {
    cause: "the path takes other methods",
    remedy: "use one of those in the Allow header",
  },
  IP_RATE_LIMITED: {
    cause: "the address asks more often than one that has proven no key may",
    remedy: "wait as long as Retry-After says, and sign requests",
  },
  BACKOFF: {
    cause: "the last requests of the address were all refused",
    remedy: "wait as long as Retry-After says, and look at why they were",
  },
  INTERVAL_SIGNATURE: {
    cause: "the interval signature that this door asks for first is missing or does not hold",
    remedy: "send Epistula-Secret-Signature-0 to -2, or sign with btauth",
  },
  PROOF_TOO_WEAK: {
    cause: "the gateway asks for a whole proof, which it can have of requests without body only",
    remedy: "send requests with a body to the proxy itself; as operator, see extAuth.require",
  },
  GATEWAY_NOT_TRUSTED: {
    cause: "somebody asks `/_auth` who is no gateway of ours",
    remedy: "as operator, name the gateway in extAuth.trustedHops",
  },
  ORIGINAL_UNKNOWN: {
    cause: "the gateway does not say which request it asks about, or the client contradicts it",
    remedy: "as operator, set X-Original-Method and X-Original-URI as docs/gateways.md shows",
  },
  VERIFY_BUSY: {
    cause: "more signatures wait to be checked than may",
    remedy: "try again in a second; as operator, see auth.verifyWorkers",
  },
  BODY_INVALID: {
    cause: "the body says that it is JSON and is not",
    remedy: "send JSON, or another Content-Type",
  },
  SECRET_MISSING: {
    cause: "the route asks for X-Internal-Secret",
    remedy: "send the key of auth.self_debug_key",
  },
  SECRET_WRONG: {
    cause: "X-Internal-Secret is not the configured one",
    remedy: "send the key of auth.self_debug_key",
  },
  CAPACITY_INVALID: {
    cause: "the body of `POST /capacity` is no object of names and yes or no",
    remedy: 'send {"inference": {...}} or {"training": {...}}',
  },
  DRAINING: {
    cause: "the operator of the miner lets no new requests through just now",
    remedy: "wait as long as Retry-After says, or ask another miner",
  },
  UPSTREAM_MISSING: {
    cause: "the upstream of the route went away with a reload",
    remedy: "try again; as operator, see the log",
  },
  TELEMETRY_UNREACHABLE: {
    cause: "the telemetry server did not take the report, or its address is private",
    remedy: "check telemetry.url",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of requests turned away, beside those of `@neurond/epistula`. */
export type DenialCode = keyof typeof DENIALS;

/** HTTP status of each. */
export const DENIAL_STATUS: Readonly<Record<DenialCode, number>> = {
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  IP_RATE_LIMITED: 429,
  BACKOFF: 429,
  INTERVAL_SIGNATURE: 401,
  PROOF_TOO_WEAK: 401,
  GATEWAY_NOT_TRUSTED: 403,
  ORIGINAL_UNKNOWN: 403,
  VERIFY_BUSY: 503,
  BODY_INVALID: 400,
  SECRET_MISSING: 401,
  SECRET_WRONG: 403,
  CAPACITY_INVALID: 400,
  DRAINING: 503,
  UPSTREAM_MISSING: 503,
  TELEMETRY_UNREACHABLE: 502,
};
