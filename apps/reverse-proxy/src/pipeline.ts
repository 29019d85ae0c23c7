import type { SigningKey } from "@neurond/epistula";
import type { Body } from "./body/body.ts";
import type { ByteBudget } from "./body/budget.ts";
import { lengthOf } from "./body/length.ts";
import { passBody } from "./body/pass-body.ts";
import { type HeldBody, readBody } from "./body/read-body.ts";
import { answer } from "./edge/answer.ts";
import type { Arrival, Exchange } from "./exchange.ts";
import { forwardThrough } from "./forward-through.ts";
import type { Parking } from "./parking/parking.ts";
import { deny } from "./policies/deny.ts";
import { offerBtauth } from "./policies/offer-btauth.ts";
import { type Denial, type Deny, firstDenial } from "./policy.ts";
import { refuse } from "./refuse.ts";
import type { Route } from "./routes.ts";
import { endpointKey, type Running } from "./running.ts";
import type { Ending, Served } from "./served.ts";
import { beginTrace, type RequestTrace } from "./tracing.ts";
import type { Upstreams } from "./upstream/upstream.ts";

export interface PipelineDeps {
  /** Asked once for each request: what it began with, it ends with. */
  readonly running: () => Running;
  readonly upstreams: Pick<Upstreams, "get">;
  readonly parking: Parking;
  readonly budget: ByteBudget;
  /** Proves answers to callers who ask for it; without one nobody gets proof. */
  readonly signer?: SigningKey | null;
  /** Hears of every request once it is over. */
  readonly onServed: (served: Served) => void;
}

/** A request on its way: its body once there is one, to be given back at the end. */
interface Visit {
  readonly exchange: Exchange & { readonly trace: RequestTrace };
  held: HeldBody | null;
}

/** Takes requests from their header block to the last byte of their answer. */
export function createPipeline(deps: PipelineDeps): (arrival: Arrival) => Promise<void> {
  return async (arrival) => {
    const startedAt = performance.now();
    const running = deps.running();
    const trace = beginTrace(arrival);
    const visit: Visit = { exchange: exchangeOf(arrival, running, trace), held: null };
    const over = (ending: Ending) => {
      const { exchange, held } = visit;
      trace.end(ending, exchange.route.name);
      deps.onServed({ exchange, ending, held, totalMs: performance.now() - startedAt });
    };
    try {
      const ending = await serve(visit, running, deps);
      if (ending.kind === "denied") refuse(visit.exchange, ending.denial.deny);
      over(ending);
    } catch (error) {
      // A bug, which the listener answers and tells of; it counts like any other end.
      over(FAULT);
      throw error;
    } finally {
      // Its size and digest stay known.
      visit.held?.release();
    }
  };
}

/** Stands for every path that is no route's, in metrics and the log too. */
const NO_ROUTE: Route = {
  name: "(none)",
  methods: [],
  match: { kind: "exact", path: "" },
  auth: "none",
  schemes: [],
  axonFields: [],
  urlFields: [],
  upstream: null,
  timeoutMs: 0,
  asyncAckAfterMs: null,
  maxBodyBytes: 0,
  priorityClass: 0,
  forwardAuth: false,
  streamBody: false,
  perMinute: null,
};

function exchangeOf(
  arrival: Arrival,
  { table, cors }: Running,
  trace: RequestTrace,
): Visit["exchange"] {
  const found = table.find(arrival.head.method, arrival.path);
  const route = found.kind === "route" ? found.route : NO_ROUTE;
  const more = cors.headersFor(arrival);
  const answerHeaders =
    more.length === 0 ? arrival.answerHeaders : [...arrival.answerHeaders, ...more];
  return { ...arrival, route, answerHeaders, principal: null, trace };
}

async function serve(visit: Visit, running: Running, deps: PipelineDeps): Promise<Ending> {
  const { exchange } = visit;
  const { route } = exchange;
  if (route === NO_ROUTE) return unrouted(exchange, running);
  const judged = firstDenial(running.before, exchange);
  const early = judged instanceof Promise ? await judged : judged;
  if (early) return { kind: "denied", denial: early };
  const entered = await enter(visit, running, deps);
  if (entered !== null) return entered;
  const passed = visit.held === null ? passBody(exchange, bodyLimits(route, running)) : null;
  if (passed !== null && "status" in passed) return denied("body", passed);
  const charged = firstDenial(running.after, visit);
  const late = charged instanceof Promise ? await charged : charged;
  if (late) return { kind: "denied", denial: late };
  return finish(visit, visit.held?.body ?? passed ?? NO_BODY, running, deps);
}

const NO_BODY: Body = { kind: "none" };

/** Reads the body and proves the caller, where the route asks for it; null when all is well. */
async function enter(visit: Visit, running: Running, deps: PipelineDeps): Promise<Ending | null> {
  const { exchange } = visit;
  const { route } = exchange;
  const isOpen = route.auth === "none";
  if (isOpen && route.streamBody && route.upstream !== null && !isShort(exchange)) return null;
  const claimed = isOpen ? null : running.door.judge(exchange);
  if (claimed !== null && "deny" in claimed) return { kind: "denied", denial: claimed };
  if (claimed !== null && running.interval) {
    const verdict = await running.interval(exchange, claimed);
    if (verdict) return denied("interval", verdict);
  }
  const { memoryBodyBytes, minUploadBytesPerSec } = running.settings.config.limits;
  const read = await readBody(exchange, {
    ...bodyLimits(route, running),
    memoryBytes: memoryBodyBytes,
    minBytesPerSecond: minUploadBytesPerSec,
    budget: deps.budget,
  });
  if (read.kind === "left") return read;
  if (read.kind === "denied") return denied("body", read.deny);
  visit.held = read;
  if (claimed === null) return null;
  const proven = await exchange.trace.verify(() => running.door.prove(exchange, claimed, read));
  if ("deny" in proven) return { kind: "denied", denial: proven };
  exchange.principal = proven;
  const offer = offerBtauth(proven, exchange.request);
  if (offer.length > 0) exchange.answerHeaders = [...exchange.answerHeaders, ...offer];
  return null;
}

/** What comes in a packet or two is sent on faster whole than as a stream. */
function isShort({ request }: Exchange): boolean {
  const length = lengthOf(request);
  return length !== null && length <= SHORT_BYTES;
}

const SHORT_BYTES = 65_536;

const bodyLimits = ({ maxBodyBytes }: Route, { settings }: Running) => ({
  maxBytes: maxBodyBytes,
  deadlineMs: settings.config.limits.bodyTimeoutMs,
});

/** Answers here, or sends the request on. */
async function finish(
  { exchange, held }: Visit,
  body: Body,
  running: Running,
  { upstreams, parking, signer = null }: PipelineDeps,
): Promise<Ending> {
  const { route, head } = exchange;
  if (route.upstream === null) {
    const endpoint = running.endpoints.get(endpointKey(head.method, route.name));
    if (endpoint === undefined) throw new Error(`no endpoint for ${head.method} ${route.name}`);
    const reply = await endpoint(exchange, held);
    if ("deny" in reply) return denied("endpoint", reply.deny);
    answer(exchange, reply.status, reply.headers ?? {}, reply.body);
    return { kind: "answered", status: reply.status };
  }
  const upstream = upstreams.get(running.upstreamFor(exchange));
  if (upstream === undefined)
    return denied(
      "upstream",
      deny("UPSTREAM_MISSING", "the backend of this route is gone; try again"),
    );
  const { websocketMaxMin, heartbeatSec } = running.settings.config.server;
  const limits = {
    headersTimeoutMs: route.timeoutMs,
    idleTimeoutMs: route.timeoutMs,
    websocketMaxMs: websocketMaxMin * 60_000,
  };
  const answers = { signer, heartbeatMs: heartbeatSec * 1000 };
  return exchange.trace.upstream(upstream.name, () =>
    forwardThrough({ upstream, exchange, body, parking, limits, answers }),
  );
}

/** A path or method that nobody serves, as FastAPI words it; or a browser that asks before it sends. */
function unrouted(exchange: Exchange, { table, cors }: Running): Ending {
  const found = table.find(exchange.head.method, exchange.path);
  if (found.kind !== "method") return denied("route", deny("ROUTE_UNKNOWN", "Not Found"));
  const preflight = cors.preflight(exchange, found.allow);
  if (preflight) {
    answer(exchange, 200, preflight, "OK");
    return { kind: "answered", status: 200 };
  }
  const allow = { Allow: found.allow.join(", ") };
  return denied("route", deny("METHOD_NOT_ALLOWED", "Method Not Allowed", allow));
}

const denied = (policy: string, verdict: Deny): Ending & { readonly denial: Denial } => ({
  kind: "denied",
  denial: { policy, deny: verdict },
});

const FAULT = denied("fault", { status: 500, code: "INTERNAL", detail: "Internal server error" });
