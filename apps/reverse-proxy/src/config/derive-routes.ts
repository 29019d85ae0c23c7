import type { Match, Route } from "../routes.ts";
import { type BuiltInRoute, builtInRoutes } from "./built-in-routes.ts";
import type { Config } from "./config.ts";
import type { RouteEntry } from "./routes.ts";

/** Of what the proxy answers itself. */
const SMALL_BYTES = 65_536;

/** The routes of a configuration: its own, then those built in with the methods that these leave. */
export function deriveRoutes(config: Config): readonly Route[] {
  const taken = new Set(
    config.routes.flatMap(({ match, methods }) => methods.map((method) => `${method} ${match}`)),
  );
  const kept = builtInRoutes
    .filter((route) => isServed(route, config))
    .map((route) => ({
      ...route,
      methods: route.methods.filter((method) => !taken.has(`${method} ${route.match}`)),
    }))
    .filter(({ methods }) => methods.length > 0);
  return [
    ...config.routes.map((entry) => configured(entry, config)),
    ...kept.map((route) => builtIn(route, config)),
    ...(config.auth.self_debug_key === undefined ? [] : [setCapacity(config)]),
  ];
}

/** Capacity can be set by who knows the secret of the first proxy, and by nobody where there is none. */
function setCapacity(config: Config): Route {
  return {
    ...common("/capacity", config),
    methods: ["POST"],
    upstream: null,
    auth: "none",
    asyncAckAfterMs: null,
    maxBodyBytes: SMALL_BYTES,
    streamBody: false,
  };
}

/** Routes that are there only where something stands behind them. */
function isServed({ match }: BuiltInRoute, { telemetry, receipts }: Config): boolean {
  if (match === "/receipts/*") return receipts.directory !== undefined;
  return match !== "/trigger_telemetry" || telemetry.url !== undefined;
}

function configured(entry: RouteEntry, config: Config): Route {
  const { match, methods, upstream, auth, streaming, priorityClass, forwardAuth, axonFields } =
    entry;
  const shared = common(match, config);
  return {
    ...shared,
    methods,
    upstream,
    auth: auth === "none" ? "none" : "required",
    schemes: typeof auth === "string" ? config.auth.schemes : auth,
    axonFields,
    urlFields: entry.urlFields,
    timeoutMs: entry.timeoutMs ?? shared.timeoutMs,
    maxBodyBytes: entry.maxBodyBytes ?? shared.maxBodyBytes,
    asyncAckAfterMs: entry.asyncAckAfterMs ?? null,
    perMinute: entry.perMinute ?? null,
    priorityClass,
    forwardAuth,
    // What is passed on as it comes cannot be looked into.
    streamBody: streaming && entry.urlFields.length === 0,
  };
}

function builtIn(route: BuiltInRoute, config: Config): Route {
  const { match, namesUrls, ...same } = route;
  const shared = common(match, config);
  const maxBodyBytes = route.upstream === null ? SMALL_BYTES : shared.maxBodyBytes;
  return { ...shared, ...same, maxBodyBytes, urlFields: namesUrls ? config.egress.fields : [] };
}

function common(match: string, { limits, auth }: Config) {
  return {
    name: match,
    match: matchOf(match),
    schemes: auth.schemes,
    axonFields: [],
    urlFields: [],
    timeoutMs: limits.requestTimeoutSec * 1000,
    maxBodyBytes: limits.maxBodyBytes,
    perMinute: null,
    priorityClass: 0,
    forwardAuth: false,
    streamBody: true,
  };
}

function matchOf(pattern: string): Match {
  return pattern.endsWith("/*")
    ? { kind: "prefix", path: pattern.slice(0, -1) }
    : { kind: "exact", path: pattern };
}
