import type { Capacity } from "./capacity.ts";

/**
 * What is held of a miner. `valid` answered when it was last asked. `contained` went silent and keeps
 * its standing until it was asked the same thing again. `invalid` gets no work.
 */
export type Validity = "unknown" | "valid" | "contained" | "invalid";

/** A miner's standing, and when it is to be asked next. Times are of the caller's clock, in ms. */
export interface MinerHealth {
  readonly validity: Validity;
  /** Of the last document that could be read; null before the first. */
  readonly capacity: (Capacity & { readonly ok: true }) | null;
  /** Polls in a row that failed. */
  readonly failures: number;
  /** Since when it has been silent; null while it is not. */
  readonly silentSinceMs: number | null;
  readonly nextPollMs: number;
  /** What went wrong last; null when nothing did. */
  readonly reason: string | null;
}

/** What one poll came to. */
export type Poll =
  /** An answer arrived; what it holds may still be unreadable. */
  | { readonly kind: "answered"; readonly atMs: number; readonly capacity: Capacity }
  /** No answer, or none that says anything: unreachable, late, an error status. */
  | { readonly kind: "silent"; readonly atMs: number; readonly reason: string };

/** How patient a validator is. */
export interface HealthRules {
  /** Between two polls of a miner that answers. */
  readonly intervalMs: number;
  /** A silent miner keeps its standing for so long. */
  readonly keepMs: number;
  /** Longest pause between polls of one that fails. */
  readonly longestPauseMs: number;
}

/** Asked at least so often before silence is held against a miner. */
const LEAST_ASKED = 2;

/** A miner nobody has asked yet. */
export function newMinerHealth(atMs: number): MinerHealth {
  return {
    validity: "unknown",
    capacity: null,
    failures: 0,
    silentSinceMs: null,
    nextPollMs: atMs,
    reason: null,
  };
}

/** The standing after a poll. */
export function afterPoll(health: MinerHealth, poll: Poll, rules: HealthRules): MinerHealth {
  if (poll.kind === "answered" && poll.capacity.ok) {
    return {
      validity: "valid",
      capacity: poll.capacity,
      failures: 0,
      silentSinceMs: null,
      nextPollMs: poll.atMs + rules.intervalMs,
      reason: null,
    };
  }
  const failures = health.failures + 1;
  const failing = { ...health, failures, nextPollMs: poll.atMs + pauseMs(failures, rules) };
  if (poll.kind === "answered") {
    const reason = poll.capacity.ok ? null : poll.capacity.reason;
    return { ...failing, validity: "invalid", silentSinceMs: null, reason };
  }
  const silentSinceMs = health.silentSinceMs ?? poll.atMs;
  const isSpent = poll.atMs - silentSinceMs >= rules.keepMs && failures >= LEAST_ASKED;
  const validity = health.validity === "invalid" || isSpent ? "invalid" : "contained";
  return { ...failing, validity, silentSinceMs, reason: poll.reason };
}

/** Whether a miner may be given work: silence alone takes that from nobody at once. */
export function mayBeAsked({ validity }: MinerHealth): boolean {
  return validity !== "invalid";
}

/** Whether a miner is not known to lack a capability. */
export function mayOffer({ capacity }: MinerHealth, capability: string): boolean {
  return capacity === null || capacity.capabilities.get(capability) === true;
}

/** Doubles with each failure: who is gone for good costs little. */
function pauseMs(failures: number, { intervalMs, longestPauseMs }: HealthRules): number {
  return Math.min(longestPauseMs, intervalMs * 2 ** Math.min(failures - 1, 30));
}
