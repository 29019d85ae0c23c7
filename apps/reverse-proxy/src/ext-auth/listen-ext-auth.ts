import type { CheckSignature } from "@neurond/epistula";
import type { Config } from "../config/config.ts";
import { plainAddress, TrustedHops } from "../edge/client-address.ts";
import { type Edge, listenEdge } from "../edge/listen-edge.ts";
import type { EdgeEvent } from "../edge/settings.ts";
import type { Arrival, Exchange } from "../exchange.ts";
import { deny } from "../policies/deny.ts";
import { type Denial, firstDenial } from "../policy.ts";
import type { Route } from "../routes.ts";
import type { Running } from "../running.ts";
import type { Served } from "../served.ts";
import { answerDenied, answerPassed } from "./answer-gateway.ts";
import { createEstablish, type Established } from "./establish.ts";
import { AUTH_PATH, type Original, originalOf } from "./original.ts";

export interface ExtAuthDeps {
  readonly config: Config;
  readonly running: () => Running;
  readonly check: CheckSignature;
  readonly onServed: (served: Served) => void;
  readonly onEvent: (event: EdgeEvent) => void;
}

/** What a gateway's own headers come to, beside the client's. */
const MORE_BYTES = 16_384;
const MORE_HEADERS = 32;

/** Serves `/_auth` to gateways; null where no listener is configured. @throws CodedError LISTEN_FAILED */
export async function listenExtAuth(deps: ExtAuthDeps): Promise<Edge | null> {
  const { server, extAuth } = deps.config;
  if (extAuth.listen === undefined) return null;
  const hops = new TrustedHops(extAuth.trustedHops);
  const { headersTimeoutMs, keepAliveMs, maxConnections } = server;
  const settings = {
    ...extAuth.listen,
    tls: null,
    http2: false,
    proxyProtocol: false,
    trustedHops: extAuth.trustedHops,
    headersTimeoutMs,
    keepAliveMs,
    maxConnections,
    // A gateway keeps few connections, all from its own address, and for ever.
    maxConnectionsPerIp: maxConnections,
    maxRequestsPerConnection: server.maxRequestsPerConnection,
    maxHeaderBytes: server.maxHeaderBytes + MORE_BYTES,
    maxHeaderCount: server.maxHeaderCount + MORE_HEADERS,
  };
  const serve = createServe(deps);
  const handle = (arrival: Arrival) => {
    const peer = plainAddress(arrival.request.socket.remoteAddress ?? "");
    if (hops.has(peer)) return serve(arrival);
    answerDenied(arrival, NOT_TRUSTED);
    return Promise.resolve();
  };
  return listenEdge(settings, handle, deps.onEvent);
}

const NOT_TRUSTED: Denial = {
  policy: "gateway",
  deny: deny("GATEWAY_NOT_TRUSTED", "only the gateways of extAuth.trustedHops are answered"),
};
const NO_ORIGINAL: Denial = {
  policy: "gateway",
  deny: deny("ORIGINAL_UNKNOWN", "say the method and URI of the request once, and plainly"),
};

function createServe(deps: ExtAuthDeps) {
  let made = makeEstablish(deps.running(), deps);
  return async (arrival: Arrival): Promise<void> => {
    const startedAt = performance.now();
    const running = deps.running();
    if (made.settings !== running.settings) made = makeEstablish(running, deps);
    const original = originalOf(arrival);
    if (original === null) return answerDenied(arrival, NO_ORIGINAL);
    const exchange = exchangeOf(arrival, original, running, made.guarded);
    const verdict = await judge(exchange, original, running, made.establish);
    const isDenied = "deny" in verdict;
    if (isDenied) answerDenied(arrival, verdict);
    else answerPassed(arrival, verdict);
    deps.onServed({
      exchange: { ...exchange, route: made.guarded },
      ending: isDenied ? { kind: "denied", denial: verdict } : { kind: "answered", status: 204 },
      held: null,
      totalMs: performance.now() - startedAt,
    });
  };
}

type Establish = ReturnType<typeof createEstablish>;

/** Proves, and then charges the caller's own limits: a claim must not use up what is another's. */
async function judge(
  exchange: Exchange,
  { hasBody }: Original,
  running: Running,
  establish: Establish,
): Promise<Established | Denial> {
  const established = await establish(exchange, hasBody, running);
  if ("deny" in established || established.principal === null) return established;
  exchange.principal = established.principal;
  const limits = running.after.filter(({ name }) => name === "rate-limit");
  return (await firstDenial(limits, { exchange, held: null })) ?? established;
}

function makeEstablish({ settings }: Running, { check }: ExtAuthDeps) {
  return {
    settings,
    establish: createEstablish(settings.config, check),
    guarded: guardedRoute(settings.config),
  };
}

/** What the gateway forwards elsewhere, and no route of ours describes, must be signed like all else. */
function guardedRoute({ auth, limits }: Config): Route {
  return {
    name: AUTH_PATH,
    methods: [],
    match: { kind: "exact", path: AUTH_PATH },
    auth: "required",
    schemes: auth.schemes,
    axonFields: [],
    upstream: null,
    timeoutMs: 0,
    asyncAckAfterMs: null,
    maxBodyBytes: limits.maxBodyBytes,
    priorityClass: 0,
    forwardAuth: false,
    urlFields: [],
    streamBody: false,
    perMinute: null,
  };
}

/** The client's request in place of the gateway's; what we answer ourselves is no route of a gateway. */
function exchangeOf(
  arrival: Arrival,
  { method, target, path }: Original,
  { table }: Running,
  guarded: Route,
): Exchange {
  const found = table.find(method, path);
  const isForwarded = found.kind === "route" && found.route.upstream !== null;
  const route = isForwarded ? found.route : guarded;
  return { ...arrival, head: { ...arrival.head, method, target }, path, route, principal: null };
}
