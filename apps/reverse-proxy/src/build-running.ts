import { admitBy } from "@neurond/admission";
import type { Admit } from "@neurond/epistula";
import { type Hotkey, type Netuid, toNetuid } from "@neurond/primitives";
import type { BanList } from "./admin/ban-list.ts";
import { capacityNow } from "./capacity.ts";
import type { Settings } from "./config/settings.ts";
import { createCors } from "./cors.ts";
import { checkBodyUrls } from "./egress/check-body-urls.ts";
import { readCapacity } from "./endpoints/capacity.ts";
import { check } from "./endpoints/check.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { readReceipt } from "./endpoints/read-receipt.ts";
import { root } from "./endpoints/root.ts";
import { setCapacity } from "./endpoints/set-capacity.ts";
import { status } from "./endpoints/status.ts";
import { type PostJson, triggerTelemetry } from "./endpoints/trigger-telemetry.ts";
import type { ProxyMetrics } from "./metrics.ts";
import type { Receivers } from "./policies/auth-policies.ts";
import { backoff } from "./policies/backoff.ts";
import { bodySize } from "./policies/body-size.ts";
import { createDoor } from "./policies/door.ts";
import { intervalPolicy } from "./policies/interval.ts";
import { ipLimit } from "./policies/ip-limit.ts";
import { paused } from "./policies/paused.ts";
import { orPuzzle, Puzzles } from "./policies/puzzles.ts";
import { rateLimit } from "./policies/rate-limit.ts";
import { shadow } from "./policies/shadow.ts";
import { validateJson } from "./policies/validate-json.ts";
import type { Policy, Whole } from "./policy.ts";
import type { ReceiptHandlers } from "./receipts/handlers.ts";
import { RouteTable } from "./routes.ts";
import { type Running, upstreamChoice } from "./running.ts";
import { finishWithinMs, type Shared } from "./shared.ts";
import type { Subnets } from "./subnets.ts";
import type { Upstreams } from "./upstream/upstream.ts";

export interface RunningDeps {
  readonly shared: Shared;
  readonly upstreams: Upstreams;
  readonly subnets: Subnets;
  readonly metrics: ProxyMetrics;
  readonly post: PostJson;
  readonly version: string;
  readonly bans: Pick<BanList, "has">;
  /** Whether we say that we can do nothing. */
  readonly draining: () => boolean;
  /** Whether the operator lets nothing through to backends. */
  readonly paused: () => boolean;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Null where none are kept. */
  readonly receipts: ReceiptHandlers | null;
}

/** Makes what requests are judged by from settings; throws, and changes nothing, where they cannot work. */
export function buildRunning(settings: Settings, deps: RunningDeps): Running {
  const { config, routes } = settings;
  const { shared, metrics } = deps;
  const door = createDoor({
    auth: config.auth,
    receivers: receiversOf(settings, deps),
    routes,
    finishWithinMs: finishWithinMs(config),
    maxHeaderBytes: config.server.maxHeaderBytes,
    replay: shared.replay,
    check: shared.check,
    checkAhead: shared.checkAhead,
    addresses: shared.addresses,
    upgrades: shared.upgrades,
    metrics,
  });
  return {
    settings,
    table: new RouteTable(routes),
    cors: createCors(config.cors.origins),
    before: policiesBefore(settings, deps),
    door,
    interval: config.auth.intervalGate
      ? intervalPolicy(config.auth.miner_hotkey, shared.check)
      : null,
    after: policiesAfter(settings, deps),
    endpoints: endpointsOf(settings, deps),
    upstreamFor: upstreamChoice(config.tenants),
  };
}

/** Subnets whose validators may call, of tenants and of everybody else. */
export function netuidsOf({ config }: Settings): readonly Netuid[] {
  const named = [config.policy.netuid, ...config.tenants.map(({ netuid }) => netuid)];
  return [...new Set(named.filter((netuid) => netuid !== undefined))].map(toNetuid);
}

function policiesBefore({ config }: Settings, deps: RunningDeps): readonly Policy[] {
  const { limits } = config;
  const { addresses, ipLimiter: limiter } = deps.shared;
  const strangers = limits.ipPerMinute;
  const proven = limits.provenIpPerMinute;
  const { puzzleBits: bits } = limits;
  const puzzles = bits === 0 ? null : new Puzzles({ bits, key: deps.shared.puzzleKey });
  const relenting = (policy: Policy) => (puzzles ? orPuzzle(policy, puzzles) : policy);
  const policies = [
    paused(deps.paused),
    bodySize,
    relenting(ipLimit({ limiter, addresses, strangers, proven })),
    ...(limits.backoffAfter > 0 ? [relenting(backoff(addresses))] : []),
  ];
  return policies.map((policy) => meantOrNot(policy, config.policy.dryRun, deps));
}

function policiesAfter({ config }: Settings, deps: RunningDeps): readonly Policy<Whole>[] {
  const { limits } = config;
  const { hotkey, coldkey, globalPerMinute } = limits;
  const policies = [
    rateLimit({ limiter: deps.shared.limiter, hotkey, coldkey, globalPerMinute }),
    ...(limits.validateRequests ? [validateJson] : []),
    checkBodyUrls({ settings: config.egress, fieldsOf: ({ urlFields }) => urlFields }),
  ];
  return policies.map((policy) => meantOrNot(policy, config.policy.dryRun, deps));
}

function meantOrNot<Subject>(
  policy: Policy<Subject>,
  dryRun: readonly string[],
  { metrics }: RunningDeps,
): Policy<Subject> {
  if (!dryRun.includes(policy.name)) return policy;
  return shadow(policy, (name, code) => metrics.shadowed.inc({ policy: name, code }));
}

/** Our hotkeys by subnet: each subnet has validators of its own, and all of them share one list of friends. */
function receiversOf({ config }: Settings, deps: RunningDeps): readonly Receivers[] {
  const own = new Map(config.tenants.map(({ hotkey, netuid }) => [hotkey, netuid]));
  const groups = Map.groupBy(
    config.auth.miner_hotkey,
    (hotkey) => own.get(hotkey) ?? config.policy.netuid ?? null,
  );
  return [...groups].map(([number, hotkeys]) => {
    const netuid = number === null ? null : toNetuid(number);
    return { netuid: netuid ?? toNetuid(0), hotkeys, admit: admitOf(netuid, config, deps) };
  });
}

function admitOf(
  netuid: Netuid | null,
  { auth, policy }: Settings["config"],
  { subnets, metrics, bans }: RunningDeps,
): Admit {
  const { minStake: minStakeRao, requirePermit, stakeKind } = policy;
  const validators = netuid === null ? null : { minStakeRao, requirePermit, stakeKind };
  const denied = new Set<string>(auth.denied_senders);
  const view = () => (netuid === null ? undefined : subnets.current(netuid));
  const admit = admitBy(view, {
    allow: new Set(auth.allowed_senders),
    deny: { has: (key) => denied.has(key) || bans.has(key) },
    neurons: auth.open ? "anyone" : validators,
  });
  if (!policy.dryRun.includes("authorise")) return admit;
  const isBanned = (sender: Hotkey) =>
    bans.has(sender) || bans.has(view()?.byHotkey.get(sender)?.coldkey ?? "");
  return (sender) => {
    const admission = admit(sender);
    // What an operator said by hand is meant.
    if (admission.admitted || isBanned(sender)) return admission;
    metrics.shadowed.inc({ policy: "authorise", code: admission.code });
    return { admitted: true, standing: null };
  };
}

function endpointsOf({ config }: Settings, deps: RunningDeps): ReadonlyMap<string, Endpoint> {
  const { shared, upstreams, subnets, draining, now } = deps;
  const { auth, capacity, telemetry } = config;
  const stateOf = (name: string) => upstreams.get(name)?.state;
  const can = () => capacityNow(capacity, stateOf, shared.overrides, draining());
  const [hotkey] = auth.miner_hotkey;
  const { receipts } = deps;
  const endpoints = new Map<string, Endpoint>([
    ["GET /", root],
    ["GET /check/*", check(auth.miner_hotkey)],
    ["GET /capacity", readCapacity(capacity.format, can)],
    [
      "GET /status",
      status({
        version: deps.version,
        config,
        draining,
        upstreams: () => upstreams.all(),
        snapshotAges: () => subnets.ages(),
        degraded: shared.degraded,
      }),
    ],
  ]);
  if (auth.self_debug_key)
    endpoints.set(
      "POST /capacity",
      setCapacity(auth.self_debug_key, shared.overrides, can, capacity.format),
    );
  if (telemetry.url !== undefined && hotkey !== undefined)
    endpoints.set(
      "POST /trigger_telemetry",
      triggerTelemetry(telemetry.url, hotkey, deps.post, now),
    );
  if (receipts) endpoints.set("GET /receipts/*", readReceipt(receipts));
  return endpoints;
}
