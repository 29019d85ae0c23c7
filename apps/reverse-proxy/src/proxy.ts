import { setTimeout as sleep } from "node:timers/promises";
import type { SigningKey } from "@neurond/epistula";
import type { Signer } from "@neurond/ledger";
import { createRegistry, type Listening, type Logger, type Registry } from "@neurond/runtime";
import type { RedisConnection } from "@neurond/store/redis";
import { createAccount } from "./account.ts";
import { followBans } from "./admin/follow-bans.ts";
import { openAdmin } from "./admin/open-admin.ts";
import { openBans } from "./admin/open-bans.ts";
import { TopRefusals } from "./admin/top-refusals.ts";
import { buildRunning, netuidsOf } from "./build-running.ts";
import { type CapacityOverrides, capacityNow } from "./capacity.ts";
import { ClockOffsets } from "./clock-offsets.ts";
import type { Settings } from "./config/settings.ts";
import { listenEdge } from "./edge/listen-edge.ts";
import type { EdgeEvent } from "./edge/settings.ts";
import { tell } from "./edge-events.ts";
import { egressFetch } from "./egress/egress-fetch.ts";
import type { PostJson } from "./endpoints/trigger-telemetry.ts";
import { listenExtAuth } from "./ext-auth/listen-ext-auth.ts";
import { watchGauges } from "./gauges.ts";
import { Live } from "./live.ts";
import { createMetrics } from "./metrics.ts";
import { keepSubnets, openSubnets } from "./open-subnets.ts";
import { healthOf, listenOperators } from "./operators.ts";
import { openParking } from "./parking/open-parking.ts";
import { createPipeline } from "./pipeline.ts";
import type { KnownAddresses } from "./policies/known-addresses.ts";
import { keepReceipts } from "./receipts/keep-receipts.ts";
import { RefusalLog, tellRefusals } from "./refusal-log.ts";
import type { ReloadResult } from "./reload.ts";
import type { Running } from "./running.ts";
import type { Served } from "./served.ts";
import { ServiceState } from "./service-state.ts";
import { openShared } from "./shared.ts";
import type { Shield } from "./shield/shield.ts";
import { shieldOf } from "./shield/shield-of.ts";
import type { ReadSubnet, Subnets } from "./subnets.ts";
import { createUpstreamMetrics } from "./upstream/metrics.ts";
import { openUpstreams } from "./upstream/open-upstreams.ts";
import type { Upstreams } from "./upstream/upstream.ts";

export interface ProxyDeps {
  readonly settings: Settings;
  readonly readSubnet: ReadSubnet;
  /** Null where this process stands alone. */
  readonly redis: RedisConnection | null;
  /** Sends JSON to a URL of the operator, and not to a private address unless told so. */
  readonly post: PostJson;
  /** Signs receipts, and answers for callers who ask; without one neither is signed. */
  readonly signer?: (Signer & SigningKey) | null;
  readonly version: string;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now?: () => number;
  readonly registry?: Registry;
  /** Reads the settings anew, for the operator who asks for it; throws where they are not in order. */
  readonly load?: () => Settings;
  /** Hears of every request once it is over. */
  readonly onServed?: (served: Served) => void;
}

/** A proxy that serves. Disposing it drains without patience. */
export interface ReverseProxy extends Listening {
  /** Follows the subnets and the health of servers until the signal fires. */
  run(signal: AbortSignal): Promise<void>;
  /** Reads new settings and takes them as a whole, or keeps the old ones and says why. */
  reload(read: () => Settings): ReloadResult;
  /** Says that we can do nothing, takes nothing new and lets requests under way finish. */
  drain(): Promise<void>;
  readonly metricsUrl: string | null;
  readonly adminUrl: string | null;
  /** Where gateways ask `/_auth`. */
  readonly extAuthUrl: string | null;
  /** What an operator changes while we run. */
  readonly overrides: CapacityOverrides;
  readonly addresses: KnownAddresses;
  readonly shield: Pick<Shield, "allowed" | "pass">;
  readonly running: () => Running;
  readonly upstreams: Upstreams;
  readonly subnets: Pick<Subnets, "current" | "ages">;
}

/** Begins to serve. Validators are admitted once `run` has read their subnet. */
export async function startProxy(deps: ProxyDeps): Promise<ReverseProxy> {
  const { settings, redis, log, version, signer = null, load, now = Date.now } = deps;
  const registry = deps.registry ?? createRegistry("reverse-proxy");
  const metrics = createMetrics(registry);
  const state = new ServiceState();
  const config = () => live.running.settings.config;
  await using opened = new AsyncDisposableStack();

  const shared = opened.use(openShared({ config: settings.config, redis, metrics, log }));
  const upstreamMetrics = createUpstreamMetrics(registry);
  const upstreams = opened.use(openUpstreams(settings.upstreams, { metrics: upstreamMetrics }));
  const stateOf = (name: string) => upstreams.get(name)?.state;
  const bans = await openBans(settings.config.admin, redis, now);
  const subnets = openSubnets({ read: deps.readSubnet, redis, log, now });
  keepSubnets(subnets, settings);
  const parking = await openParking(settings.config.jobs, { redis, registry, log, now });
  const receipts = opened.use(
    await keepReceipts(settings.config.receipts, {
      signer,
      registry,
      log,
      now,
      send: egressFetch(settings.config.egress),
    }),
  );

  const judged = {
    shared,
    upstreams,
    subnets,
    bans,
    metrics,
    post: deps.post,
    version,
    draining: () => state.name !== "running",
    paused: () => state.isPaused,
    now,
    receipts: receipts?.handlers ?? null,
  };
  const live = new Live(settings, {
    build: (next) => buildRunning(next, judged),
    follow: (next) => {
      upstreams.replace(next.upstreams);
      keepSubnets(subnets, next);
      admin?.configure(next.config.admin);
      log.level = next.config.server.log_level;
    },
    metrics,
  });
  const running = () => live.running;

  const { addresses } = shared;
  const offsets = new ClockOffsets();
  const refusals = new RefusalLog(log);
  const topRefusals = new TopRefusals();
  const account = createAccount({ config, addresses, offsets, refusals, metrics, log });
  const onServed = (served: Served) => {
    account(served);
    topRefusals.note(served);
  };
  const onEvent = (event: EdgeEvent) => tell(event, metrics, log);
  const handle = createPipeline({
    running,
    upstreams,
    parking,
    budget: shared.budget,
    signer,
    onServed: (served) => {
      onServed(served);
      receipts?.record(served);
      deps.onServed?.(served);
    },
  });
  const shield = await shieldOf(config, {
    subnets: () => netuidsOf(live.running.settings).flatMap((id) => subnets.current(id) ?? []),
    addresses,
    log,
    now,
  });

  const edge = opened.use(await listenEdge(settings.edge, handle, onEvent));
  const extAuth = opened.use(
    await listenExtAuth({
      running,
      onServed,
      onEvent,
      config: settings.config,
      check: shared.check,
    }),
  );
  const health = healthOf(judged, config);
  const operators = opened.use(await listenOperators({ settings, registry, health, version, log }));
  const admin = opened.use(
    await openAdmin({
      bans,
      health,
      registry,
      log,
      settings: settings.config.admin,
      receipts: judged.receipts,
      operated: {
        version,
        upstreams,
        overrides: shared.overrides,
        capacity: () =>
          capacityNow(config().capacity, stateOf, shared.overrides, judged.draining()),
        state,
        refusals: topRefusals,
        reload: load ? () => live.reload(load) : null,
        allowed: shield.allowed,
        now,
      },
    }),
  );
  watchGauges(metrics, { edge, shared, offsets, subnets, state });

  const run = async (signal: AbortSignal) => {
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    try {
      await Promise.all([
        upstreams.watch(until),
        subnets.watch(until),
        tellRefusals(refusals, until),
        shield.run(until),
        ...(receipts ? [receipts.run(until)] : []),
        ...(redis ? [followBans(bans, log, until)] : []),
      ]);
    } finally {
      ended.abort();
    }
  };
  const drain = async () => {
    state.stop();
    const { drainNoticeSec, drainSec } = config().server;
    if (drainNoticeSec > 0) await sleep(drainNoticeSec * 1000);
    await edge.drain(drainSec * 1000);
    await parking.handOver();
    refusals.flush();
  };
  const resources = opened.move();
  return {
    run,
    drain,
    running,
    addresses,
    shield,
    upstreams,
    subnets,
    url: edge.url,
    port: edge.port,
    metricsUrl: operators?.url ?? null,
    adminUrl: admin?.url ?? null,
    extAuthUrl: extAuth?.url ?? null,
    reload: (read) => live.reload(read),
    overrides: shared.overrides,
    async [Symbol.asyncDispose]() {
      state.stop();
      await resources.disposeAsync();
    },
  };
}
