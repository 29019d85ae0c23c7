import { randomBytes } from "node:crypto";
import { limiterMemory, limiterWithFallback, type RateLimiter } from "@neurond/admission";
import {
  AXON_WINDOW,
  BTAUTH_WINDOW,
  type CheckSignature,
  checkInline,
  type ReplayStore,
  replayMemory,
  replayWithFallback,
  type UpgradeMemo,
  upgradeMemo,
} from "@neurond/epistula";
import { type Logger, VerifyPool } from "@neurond/runtime";
import { type RedisConnection, redisLimiter, redisReplay } from "@neurond/store/redis";
import { ByteBudget } from "./body/budget.ts";
import { CapacityOverrides } from "./capacity.ts";
import type { Config } from "./config/config.ts";
import type { ProxyMetrics } from "./metrics.ts";
import { KnownAddresses } from "./policies/known-addresses.ts";

/** What outlives a reload: memories, counters, workers. */
export interface Shared extends AsyncDisposable {
  readonly replay: ReplayStore;
  /** Of proven callers, shared with other processes where there is a Redis. */
  readonly limiter: RateLimiter;
  /** Of addresses, which strangers can make up: in a memory of its own, asked before anything costs. */
  readonly ipLimiter: RateLimiter;
  /** Of puzzles for addresses that have to wait; of this process alone. */
  readonly puzzleKey: Buffer;
  readonly addresses: KnownAddresses;
  readonly upgrades: UpgradeMemo;
  readonly budget: ByteBudget;
  readonly overrides: CapacityOverrides;
  readonly check: CheckSignature;
  /** The same, ahead of all who ask `check`. */
  readonly checkAhead: CheckSignature;
  /** Which stores that several processes share do not answer. */
  readonly degraded: () => readonly string[];
}

export interface SharedDeps {
  readonly config: Config;
  readonly redis: RedisConnection | null;
  readonly metrics: Pick<ProxyMetrics, "degraded">;
  readonly log: Logger;
}

const STORES = ["replay", "limits"] as const;
const isAbsent = (redis: RedisConnection | null) =>
  redis !== null && redis.redis.status !== "ready";

const MARGIN_MS = 5_000;
const HOUR_MS = 3_600_000;
/** A copy can come as late as its original's body may: nonces are kept for that, and a margin. */
export const finishWithinMs = ({ limits }: Config) => limits.bodyTimeoutMs + MARGIN_MS;

/** Opens the memories of a proxy, in Redis where there is one. */
export function openShared({ config, redis, metrics, log }: SharedDeps): Shared {
  const { auth } = config;
  const degraded = new Set<string>();
  const onDegraded = (store: string) => (isOut: boolean, error?: unknown) => {
    if (isOut) degraded.add(store);
    else degraded.delete(store);
    metrics.degraded.set({ store }, isOut ? 1 : 0);
    if (isOut) log.error({ store, error }, "redis does not answer");
    else log.info({ store }, "redis answers again");
  };
  const widths = [BTAUTH_WINDOW, AXON_WINDOW].map(
    ({ maxAgeMs, maxSkewMs }) => maxAgeMs + maxSkewMs,
  );
  const spanMs = Math.max(auth.allowed_delta_ms + auth.maxSkewMs, ...widths);
  const retentionMs = spanMs + finishWithinMs(config) + MARGIN_MS;
  const steady = () => performance.now();
  const local = replayMemory({ retentionMs, now: steady });
  const pool =
    auth.verifyWorkers === 0
      ? null
      : new VerifyPool({ workers: auth.verifyWorkers, maxQueued: auth.maxVerifyQueue });
  return {
    replay: redis
      ? replayWithFallback({
          primary: redisReplay({ redis: redis.redis, retentionMs }),
          local,
          failClosed: config.redis.onOutage === "refuse",
          now: steady,
          onDegraded: onDegraded("replay"),
        })
      : local,
    limiter: redis
      ? limiterWithFallback({
          primary: redisLimiter({ redis: redis.redis }),
          local: limiterMemory(),
          onDegraded: onDegraded("limits"),
        })
      : limiterMemory(),
    ipLimiter: limiterMemory(),
    puzzleKey: randomBytes(32),
    addresses: new KnownAddresses(),
    upgrades: upgradeMemo({ forMs: auth.upgradeHours * HOUR_MS, now: steady }),
    budget: new ByteBudget(config.limits.inFlightBytes),
    overrides: new CapacityOverrides(),
    check: pool ? inPool(pool, false) : checkInline,
    checkAhead: pool ? inPool(pool, true) : checkInline,
    // Nobody has asked it yet while it is still being looked for.
    degraded: () => (isAbsent(redis) ? STORES : [...degraded]),
    async [Symbol.asyncDispose]() {
      await pool?.[Symbol.asyncDispose]();
    },
  };
}

/** Off the main thread, but for the scheme that its own runtime checks in microseconds. */
const inPool =
  (pool: VerifyPool, ahead: boolean): CheckSignature =>
  (scheme, publicKey, message, signature) =>
    scheme === "sr25519"
      ? pool.verify({ publicKey, message, signature, ahead })
      : checkInline(scheme, publicKey, message, signature);
