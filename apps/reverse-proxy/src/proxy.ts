import { setTimeout as sleep } from "node:timers/promises";
import type { NeuronRule } from "@neurond/admission";
import type { SigningKey } from "@neurond/epistula";
import type { Signer } from "@neurond/ledger";
import type { Netuid } from "@neurond/primitives";
import { createRegistry, type Listening, type Logger, type Registry } from "@neurond/runtime";
import { type RedisConnection, redisSubnetShare } from "@neurond/store";
import { createAccount } from "./account.ts";
import { followBans } from "./admin/follow-bans.ts";
import { openAdmin } from "./admin/open-admin.ts";
import { openBans } from "./admin/open-bans.ts";
import { TopRefusals } from "./admin/top-refusals.ts";
import { buildRunning, netuidsOf } from "./build-running.ts";
import { type CapacityOverrides, capacityNow } from "./capacity.ts";
import { ClockOffsets } from "./clock-offsets.ts";
import type { Config } from "./config/config.ts";
import type { Settings } from "./config/settings.ts";
import { type Edge, listenEdge } from "./edge/listen-edge.ts";
import { tell } from "./edge-events.ts";
import type { PostJson } from "./endpoints/trigger-telemetry.ts";
import { listenExtAuth } from "./ext-auth/listen-ext-auth.ts";
import { Live } from "./live.ts";
import { createMetrics, type ProxyMetrics } from "./metrics.ts";
import { healthOf, listenOperators } from "./operators.ts";
import { openFileStatusStore } from "./parking/file-status-store.ts";
import { createParkingMetrics } from "./parking/metrics.ts";
import { Parking } from "./parking/parking.ts";
import { redisStatusStore } from "./parking/redis-status-store.ts";
import { createPipeline } from "./pipeline.ts";
import { addressKey } from "./policies/address-key.ts";
import type { KnownAddresses } from "./policies/known-addresses.ts";
import { createReceiptMetrics } from "./receipts/metrics.ts";
import { openReceipts, type Receipts } from "./receipts/open-receipts.ts";
import { RefusalLog, tellRefusals } from "./refusal-log.ts";
import type { ReloadResult } from "./reload.ts";
import type { Running } from "./running.ts";
import type { Served } from "./served.ts";
import { openShared, type Shared } from "./shared.ts";
import { openShield, type Shield } from "./shield/shield.ts";
import { type ReadSubnet, Subnets } from "./subnets.ts";
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

const HOUR_MS = 3_600_000;

/** Begins to serve. Validators are admitted once `run` has read their subnet. */
export async function startProxy(deps: ProxyDeps): Promise<ReverseProxy> {
  const { settings, redis, log, now = Date.now } = deps;
  const registry = deps.registry ?? createRegistry("reverse-proxy");
  const metrics = createMetrics(registry);
  await using opened = new AsyncDisposableStack();
  const shared = opened.use(openShared({ config: settings.config, redis, metrics, log }));
  const upstreams = opened.use(
    openUpstreams(settings.upstreams, { metrics: createUpstreamMetrics(registry) }),
  );
  const bans = await openBans(settings.config.admin, redis, now);
  const share = redis && ((netuid: Netuid) => shareOf(netuid, redis));
  const subnets = new Subnets({ read: deps.readSubnet, share, now, log });
  const parking = new Parking(settings.config.jobs, {
    metrics: createParkingMetrics(registry),
    log,
    store: await openStore(settings.config.jobs, redis, now),
    now,
  });
  const receipts = await openKeeping(deps, registry, now);
  if (receipts) opened.use(receipts);
  let isDraining = false;
  let isPaused = false;
  const built = {
    shared,
    upstreams,
    subnets,
    metrics,
    post: deps.post,
    version: deps.version,
    receipts: receipts?.handlers ?? null,
    bans,
    draining: () => isDraining || isPaused,
    paused: () => isPaused,
    now,
  };
  const live = new Live(settings, {
    build: (next) => buildRunning(next, built),
    follow: (next) => {
      upstreams.replace(next.upstreams);
      subnets.keep(netuidsOf(next), freshnessOf(next.config));
      admin?.configure(next.config.admin);
      log.level = next.config.server.log_level;
    },
    metrics,
  });
  subnets.keep(netuidsOf(settings), freshnessOf(settings.config));
  const config = () => live.running.settings.config;
  const offsets = new ClockOffsets();
  const refusals = new RefusalLog(log);
  const topRefusals = new TopRefusals();
  const account = createAccount({
    config,
    addresses: shared.addresses,
    offsets,
    refusals,
    metrics,
    log,
  });
  const handle = createPipeline({
    running: () => live.running,
    upstreams,
    parking,
    budget: shared.budget,
    signer: deps.signer ?? null,
    onServed: (served) => {
      account(served);
      noteRefusal(topRefusals, served);
      receipts?.record(served);
      deps.onServed?.(served);
    },
  });
  const edge = opened.use(
    await listenEdge(settings.edge, handle, (event) => tell(event, metrics, log)),
  );
  const extAuth = await listenExtAuth({
    config: settings.config,
    running: () => live.running,
    check: shared.check,
    onServed: (served) => {
      account(served);
      noteRefusal(topRefusals, served);
    },
    onEvent: (event) => tell(event, metrics, log),
  });
  opened.use(extAuth);
  const operators = settings.config.metrics.enabled
    ? opened.use(
        await listenOperators({
          settings,
          registry,
          log,
          health: healthOf(built, config),
          version: deps.version,
        }),
      )
    : null;
  const shield = await openShield({
    directory: settings.config.shield.directory ?? null,
    keepMs: settings.config.shield.keepHours * HOUR_MS,
    addresses: shared.addresses,
    subnets: () =>
      netuidsOf(live.running.settings).flatMap((netuid) => subnets.current(netuid) ?? []),
    rule: () => axonRule(config()),
    keyOf: addressKey,
    log,
    now,
  });
  watchGauges(metrics, { edge, shared, offsets, subnets, draining: () => isDraining });

  const { load } = deps;
  const admin = await openAdmin({
    settings: settings.config.admin,
    bans,
    receipts: receipts?.handlers ?? null,
    health: healthOf(built, config),
    registry,
    log,
    operated: {
      version: deps.version,
      upstreams,
      overrides: shared.overrides,
      capacity: () =>
        capacityNow(
          config().capacity,
          (name) => upstreams.get(name)?.state,
          shared.overrides,
          built.draining(),
        ),
      state: () => (isDraining ? "stopping" : isPaused ? "paused" : "running"),
      pause: (paused) => {
        isPaused = paused;
        log.warn({ paused }, "operator decided about requests to backends");
      },
      refusals: topRefusals,
      reload: load ? () => live.reload(load) : null,
      allowed: shield.allowed,
      now,
    },
  });
  opened.use(admin);
  const drain = async () => {
    isDraining = true;
    const { drainNoticeSec, drainSec } = config().server;
    if (drainNoticeSec > 0) await sleep(drainNoticeSec * 1000);
    await edge.drain(drainSec * 1000);
    await parking.handOver();
    refusals.flush();
  };
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
  const resources = opened.move();
  return {
    url: edge.url,
    port: edge.port,
    metricsUrl: operators?.url ?? null,
    adminUrl: admin?.url ?? null,
    extAuthUrl: extAuth?.url ?? null,
    run,
    reload: (read) => live.reload(read),
    drain,
    overrides: shared.overrides,
    addresses: shared.addresses,
    shield,
    running: () => live.running,
    upstreams,
    subnets,
    async [Symbol.asyncDispose]() {
      isDraining = true;
      await resources.disposeAsync();
    },
  };
}

/** A directory keeps whole answers, Redis shares them with the other proxies. */
async function openStore(
  { directory, maxStoredBytes }: Config["jobs"],
  redis: RedisConnection | null,
  now: () => number,
) {
  if (directory !== undefined)
    return openFileStatusStore({ directory, maxBytes: maxStoredBytes, now });
  return redis && redisStatusStore(redis, now);
}

/** Receipts, where they are to be kept. */
async function openKeeping(
  { settings, signer = null, log }: ProxyDeps,
  registry: Registry,
  now: () => number,
): Promise<Receipts | null> {
  const { directory, ...rest } = settings.config.receipts;
  if (directory === undefined) return null;
  if (signer === null) log.warn({}, "receipts are kept unsigned");
  const metrics = createReceiptMetrics(registry);
  return openReceipts({ directory, ...rest }, { signer, metrics, log, now });
}

const shareOf = (netuid: Netuid, { redis }: RedisConnection) =>
  redisSubnetShare({ redis, prefix: `neurond:${netuid}`, holder: crypto.randomUUID() });

/** Whose axons a firewall may let in: validators that may call. */
function axonRule({ shield, policy }: Config): NeuronRule | null {
  const { minStake: minStakeRao, requirePermit, stakeKind } = policy;
  return shield.axons ? { minStakeRao, requirePermit, stakeKind } : null;
}

function noteRefusal(refusals: TopRefusals, { exchange, ending }: Served): void {
  if (ending.kind !== "denied") return;
  const { principal, ip, receivedAt } = exchange;
  const { code, loggedCode } = ending.denial.deny;
  refusals.add(principal?.hotkey ?? ip, loggedCode ?? code, receivedAt);
}

/** Read anew well before it is too old to judge by: a pass may fail once and be tried again. */
function freshnessOf({ auth, policy }: Config) {
  const staleMs = policy.maxAgeSec * 1000;
  return { staleMs, refreshMs: Math.min(auth.cache_duration * 1000, staleMs / 2) };
}

interface Watched {
  readonly edge: Edge;
  readonly shared: Shared;
  readonly offsets: ClockOffsets;
  readonly subnets: Pick<Subnets, "ages">;
  readonly draining: () => boolean;
}

/** Gauges that are cheaper to ask than to keep. */
function watchGauges(
  metrics: ProxyMetrics,
  { edge, shared, offsets, subnets, draining }: Watched,
): void {
  metrics.clockOffset(() => offsets.median());
  metrics.inflightBytes(() => shared.budget.heldBytes);
  metrics.connections(() => edge.connections);
  metrics.metagraphAge(() => subnets.ages());
  metrics.draining(() => (draining() ? 1 : 0));
}
