import { type CallVerdict, type CallWindow, countCall, countsOf, NO_CALLS } from "./call-window.ts";
import type { BreakerSettings } from "./settings.ts";

/**
 * The circuit breaker of one server, as a value. `era` grows with each change of kind: a call is
 * judged only by the state that let it in, so a straggler can neither open nor close anything.
 */
export type Breaker =
  | {
      readonly kind: "closed";
      readonly era: number;
      readonly consecutive: number;
      readonly window: CallWindow;
    }
  | {
      readonly kind: "open";
      readonly era: number;
      readonly untilMs: number;
      /** Openings since it was closed last, this one too. */
      readonly openings: number;
    }
  | {
      readonly kind: "half-open";
      readonly era: number;
      readonly openings: number;
      /** Probes that may still begin. */
      readonly free: number;
      readonly succeeded: number;
    };

/** What became of a call; `void` says nothing about the server, as when the client left. */
export type CallOutcome = CallVerdict | "void";

export const CLOSED: Breaker = { kind: "closed", era: 0, consecutive: 0, window: NO_CALLS };

/** Whether one more call may begin now. */
export function mayCall(breaker: Breaker, nowMs: number): boolean {
  if (breaker.kind === "closed") return true;
  return breaker.kind === "open" ? nowMs >= breaker.untilMs : breaker.free > 0;
}

/** The breaker once a call that `mayCall` has begun; its `era` is the call's. */
export function beginCall(breaker: Breaker, nowMs: number, settings: BreakerSettings): Breaker {
  if (breaker.kind === "closed" || !mayCall(breaker, nowMs)) return breaker;
  if (breaker.kind === "half-open") return { ...breaker, free: breaker.free - 1 };
  const { era, openings } = breaker;
  return { kind: "half-open", era: era + 1, openings, free: settings.probes - 1, succeeded: 0 };
}

/** The breaker once a call of `era` has ended. */
export function endCall(
  breaker: Breaker,
  era: number,
  outcome: CallOutcome,
  nowMs: number,
  settings: BreakerSettings,
): Breaker {
  if (era !== breaker.era || breaker.kind === "open") return breaker;
  if (breaker.kind === "half-open") {
    if (outcome === "void") return { ...breaker, free: breaker.free + 1 };
    // A slow answer is no recovery where slowness opens.
    if (outcome.failed || outcome.slow) return open(breaker, breaker.openings + 1, nowMs, settings);
    const succeeded = breaker.succeeded + 1;
    return succeeded < settings.probes
      ? { ...breaker, succeeded }
      : { ...CLOSED, era: breaker.era + 1 };
  }
  if (outcome === "void") return breaker;
  const consecutive = outcome.failed ? breaker.consecutive + 1 : 0;
  const window = countCall(breaker.window, outcome, nowMs, settings.windowMs);
  return isTooBad(consecutive, window, nowMs, settings)
    ? open(breaker, 1, nowMs, settings)
    : { ...breaker, consecutive, window };
}

function isTooBad(
  consecutive: number,
  window: CallWindow,
  nowMs: number,
  settings: BreakerSettings,
): boolean {
  if (consecutive >= settings.consecutiveFailures) return true;
  const { calls, failed, slow } = countsOf(window, nowMs, settings.windowMs);
  if (calls < settings.minCalls) return false;
  return (
    failed * 100 >= calls * settings.errorPercent || slow * 100 >= calls * settings.slowPercent
  );
}

function open(
  breaker: Breaker,
  openings: number,
  nowMs: number,
  { openMs, maxOpenMs }: BreakerSettings,
): Breaker {
  const forMs = Math.min(openMs * 2 ** Math.min(openings - 1, 30), maxOpenMs);
  return { kind: "open", era: breaker.era + 1, untilMs: nowMs + forMs, openings };
}
