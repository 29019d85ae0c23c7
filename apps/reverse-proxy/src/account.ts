import type { Logger } from "@neurond/runtime";
import type { ClockOffsets } from "./clock-offsets.ts";
import type { Config } from "./config/config.ts";
import type { ProxyMetrics } from "./metrics.ts";
import type { KnownAddresses } from "./policies/known-addresses.ts";
import type { RefusalLog } from "./refusal-log.ts";
import { type Ending, type Served, statusOf } from "./served.ts";

export interface AccountDeps {
  /** Of the moment: a reload changes what is logged. */
  readonly config: () => Config;
  readonly addresses: KnownAddresses;
  readonly offsets: ClockOffsets;
  readonly refusals: RefusalLog;
  readonly metrics: ProxyMetrics;
  readonly log: Logger;
}

/** Counts, remembers and logs each request that is over. */
export function createAccount(deps: AccountDeps): (served: Served) => void {
  // None of the fields is secret; looking for secrets would take longer than all else about a line.
  const requests = deps.log.child({}, { redact: [] });
  return (served) => {
    const { exchange, ending, totalMs } = served;
    const status = statusOf(ending);
    const { metrics } = deps;
    const route = exchange.route.name;
    const auth = exchange.principal?.scheme ?? "none";
    metrics.requests.inc({ route, code: String(status), auth });
    metrics.seconds.observe({ route }, totalMs / 1000);
    remember(served, deps);
    const { server } = deps.config();
    const noise = noiseOf(ending);
    if (noise !== null) {
      const { id: requestId, ip } = exchange;
      deps.refusals.refused(ip, noise, { requestId, route, status });
    } else if (server.accessLog && deps.log.isLevelEnabled("info")) {
      requests.info(fieldsOf(served, status), "request");
    }
    if (server.debugRequests) deps.log.info(headersOf(served), "request headers");
  };
}

/** Policies that turn callers away, and those that turn away who knocks too often. */
const DOOR: ReadonlySet<string> = new Set(["authenticate", "authorise", "interval"]);
const NOISE: ReadonlySet<string> = new Set([...DOOR, "ip-limit", "backoff"]);

/** The code of a denial that strangers can cause as often as they like; null for any other ending. */
function noiseOf(ending: Ending): string | null {
  if (ending.kind !== "denied" || !NOISE.has(ending.denial.policy)) return null;
  const { deny } = ending.denial;
  return deny.loggedCode ?? deny.code;
}

function remember({ exchange, ending }: Served, deps: AccountDeps): void {
  const { addresses, offsets, metrics } = deps;
  const { ip, receivedAt, principal } = exchange;
  if (principal !== null) {
    offsets.add(principal.clockOffsetMs);
    // Where anybody may call, a key proves nothing: it costs nothing.
    const isKnown =
      principal.standing !== null || deps.config().auth.allowed_senders.includes(principal.hotkey);
    if (isKnown) addresses.proved(ip, receivedAt);
  }
  if (ending.kind !== "denied") return;
  const { policy, deny } = ending.denial;
  const code = deny.loggedCode ?? deny.code;
  metrics.denials.inc({ policy, code });
  if (!DOOR.has(policy)) return;
  metrics.authFailures.inc({ code });
  const { backoffAfter, backoffMaxSec } = deps.config().limits;
  if (deny.status < 500) addresses.refused(ip, receivedAt, backoffAfter, backoffMaxSec * 1000);
}

function fieldsOf({ exchange, ending, held, totalMs }: Served, status: number) {
  const { principal } = exchange;
  const forwarded = ending.kind === "forwarded" ? ending.forwarded : null;
  const denied = ending.kind === "denied" ? ending.denial.deny : null;
  return {
    requestId: exchange.id,
    ip: exchange.ip,
    method: exchange.head.method,
    route: exchange.route.name,
    status,
    totalMs: round(totalMs),
    bytesIn: forwarded?.bytesIn ?? held?.sizeBytes ?? 0,
    ...(principal && { hotkey: principal.hotkey, authCode: principal.scheme }),
    ...(principal?.standing && { uid: principal.standing.uid }),
    ...(denied && { code: denied.loggedCode ?? denied.code }),
    ...(ending.kind !== "denied" && "queuedMs" in ending && { queueMs: round(ending.queuedMs) }),
    ...(forwarded && {
      upstreamMs: forwarded.firstByteMs === null ? null : round(forwarded.firstByteMs),
      bytesOut: forwarded.bytesOut,
      ...(forwarded.failure && { failure: forwarded.failure }),
    }),
  };
}

const round = (ms: number) => Math.round(ms * 10) / 10;

/** Secrets and whatever could be sent again are left out. */
const UNSPOKEN = /signature|authorization|cookie|secret|token/i;

function headersOf({ exchange }: Served) {
  const headers = exchange.head.headers.map(([name, value]) =>
    UNSPOKEN.test(name) ? `${name}: [redacted]` : `${name}: ${value}`,
  );
  return { requestId: exchange.id, target: exchange.head.target, headers };
}
