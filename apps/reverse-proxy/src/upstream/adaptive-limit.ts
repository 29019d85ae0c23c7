import type { AdaptiveSettings } from "./settings.ts";

/** How much may be at work at once, as learnt; fractions are kept so that small steps add up. */
export interface AdaptiveLimit {
  readonly limit: number;
  /** Latency of an unloaded upstream, as far as known; null before the first answer. */
  readonly floorMs: number | null;
  readonly recentMs: number;
}

/** One answer, or what came instead of one. */
export interface LatencySample {
  readonly latencyMs: number;
  /** At work when it began, itself too. */
  readonly inFlight: number;
  /** It ran into its timeout, or was refused for overload. */
  readonly dropped: boolean;
}

const RECENT = 0.1;
const STEP = 0.2;
const BACK_OFF = 0.9;

/** Starts at the bottom: what an upstream can take is learnt upwards. */
export function initialLimit(settings: AdaptiveSettings): AdaptiveLimit {
  return { limit: settings.minConcurrent, floorMs: null, recentMs: 0 };
}

/**
 * The limit after one more answer. While latency stays near its floor the limit grows by about its
 * square root; as latency grows over what is tolerated, it shrinks in proportion. It does not grow on
 * the word of an upstream that was hardly used.
 */
export function learnLimit(
  state: AdaptiveLimit,
  sample: LatencySample,
  settings: AdaptiveSettings,
  maxConcurrent: number,
): AdaptiveLimit {
  const bound = (limit: number) =>
    Math.min(maxConcurrent, Math.max(Math.min(settings.minConcurrent, maxConcurrent), limit));
  if (sample.dropped) return { ...state, limit: bound(state.limit * BACK_OFF) };
  const latencyMs = Math.max(1, sample.latencyMs);
  const floorMs = floorAfter(state.floorMs, latencyMs, settings.floorHalfLife);
  const recentMs =
    state.floorMs === null ? latencyMs : state.recentMs + (latencyMs - state.recentMs) * RECENT;
  const tolerated = (settings.tolerancePercent / 100) * floorMs;
  const gradient = Math.min(1, Math.max(0.5, tolerated / recentMs));
  const target = state.limit * gradient + Math.sqrt(state.limit);
  const next = state.limit + (target - state.limit) * STEP;
  const idle = sample.inFlight * 2 < state.limit;
  return { limit: bound(idle ? Math.min(next, state.limit) : next), floorMs, recentMs };
}

/** Falls at once, rises slowly. */
function floorAfter(floorMs: number | null, latencyMs: number, halfLife: number): number {
  if (floorMs === null || latencyMs < floorMs) return latencyMs;
  return floorMs + (latencyMs - floorMs) * (1 - 2 ** (-1 / halfLife));
}
