/** One upstream as configured: plain values, checked before they get here. */
export interface UpstreamSettings {
  /** http://, https:// or unix:/absolute/path of each server; a path is put before that of requests. */
  readonly urls: readonly string[];
  /** Requests at work at once over all servers: the slots of the GPUs behind. */
  readonly maxConcurrent: number;
  /** And on one server, which has as many connections. */
  readonly maxConcurrentPerServer: number;
  readonly connectTimeoutMs: number;
  /** A connection idle for so long is closed; less than what servers keep, or requests meet a closing one. */
  readonly keepAliveMs: number;
  /** Of https servers: PEM texts, null where the default serves. */
  readonly tls: UpstreamTls | null;
  readonly queue: QueueSettings;
  readonly breaker: BreakerSettings;
  readonly ejection: EjectionSettings;
  /** Null asks no server how it is. */
  readonly health: HealthSettings | null;
  /** Null keeps to `maxConcurrent` whatever the latency. */
  readonly adaptive: AdaptiveSettings | null;
}

export interface UpstreamTls {
  /** What signs the certificates of the servers; null: the authorities of the system. */
  readonly ca: string | null;
  /** Our own certificate, where servers ask for one. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Expected in the certificate instead of the host of the URL. */
  readonly serverName: string | null;
}

export interface QueueSettings {
  readonly maxWaiting: number;
  readonly maxPerHotkey: number;
  readonly maxWaitMs: number;
  /** So many seconds of waiting outweigh e times the stake. */
  readonly ageingTauSec: number;
}

/** Of one server; rates are judged over `windowMs` once it holds `minCalls`. */
export interface BreakerSettings {
  readonly consecutiveFailures: number;
  readonly windowMs: number;
  readonly minCalls: number;
  readonly errorPercent: number;
  /** Longer until the first byte of an answer is slow. */
  readonly slowCallMs: number;
  readonly slowPercent: number;
  /** Doubles with each opening that no closing came between, up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** Requests let through half-open, all of which must succeed. */
  readonly probes: number;
}

/** Takes a server out that fails much more than its peers do. */
export interface EjectionSettings {
  /** More errors than the others together, in percent points; 100 ejects none. */
  readonly marginPercent: number;
  readonly ejectMs: number;
  /** Of all servers, rounded down: the rest serves, however badly. */
  readonly maxEjectedPercent: number;
}

export interface HealthSettings {
  /** Asked by GET, after the path of the server's URL; 200 to 399 is well. */
  readonly path: string;
  readonly intervalMs: number;
  /** Up to so much is added to or taken from each interval, at random. */
  readonly jitterPercent: number;
  readonly timeoutMs: number;
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
}

/** Bounds what is at work by how latency grows over its floor. */
export interface AdaptiveSettings {
  readonly minConcurrent: number;
  /** Latency may be so much of the floor before the limit shrinks; over 100. */
  readonly tolerancePercent: number;
  /** The floor is forgotten by half after so many answers, so that a slower model is not overload for ever. */
  readonly floorHalfLife: number;
}

/** What serves a GPU or four behind one URL; `urls` is the operator's. */
export const UPSTREAM_DEFAULTS = {
  maxConcurrent: 64,
  maxConcurrentPerServer: 64,
  connectTimeoutMs: 5_000,
  keepAliveMs: 4_000,
  tls: null,
  queue: { maxWaiting: 256, maxPerHotkey: 16, maxWaitMs: 10_000, ageingTauSec: 5 },
  breaker: {
    consecutiveFailures: 5,
    windowMs: 30_000,
    minCalls: 20,
    errorPercent: 50,
    slowCallMs: 60_000,
    slowPercent: 80,
    openMs: 5_000,
    maxOpenMs: 60_000,
    probes: 2,
  },
  ejection: { marginPercent: 40, ejectMs: 30_000, maxEjectedPercent: 50 },
  health: null,
  adaptive: null,
} as const satisfies Omit<UpstreamSettings, "urls">;

/** What to ask for when only a path is configured. */
export const HEALTH_DEFAULTS = {
  intervalMs: 5_000,
  jitterPercent: 20,
  timeoutMs: 2_000,
  healthyAfter: 2,
  unhealthyAfter: 3,
} as const satisfies Omit<HealthSettings, "path">;

/** Where the adaptive limit is asked for and not described. */
export const ADAPTIVE_DEFAULTS = {
  minConcurrent: 1,
  tolerancePercent: 200,
  floorHalfLife: 1_000,
} as const satisfies AdaptiveSettings;
