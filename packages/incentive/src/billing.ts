import { type Atto, picoOf } from "./fixed.ts";
import type { InstanceRow } from "./rows.ts";
import { HOUR_US, type Micros, SECOND_US, type Span } from "./time.ts";

/** Ends of private instances that are the payer's doing; their time still counts. */
const PAYER_ENDED: ReadonlySet<string> = new Set([
  "job has been terminated due to insufficient user balance",
  "user-defined/private chute instance has not been used since shutdown_after_seconds",
  "user has zero/negative balance (private chute)",
]);
const OLD_VERSION = "has an old version";

/** What a miner writes when it deletes an instance of its own. */
export const MINER_DELETED = "miner initialized";

/** Whether an instance ended for a reason that keeps what it had earned. */
export function endedByPlatform(reason: string | null): boolean {
  return reason !== null && (PAYER_ENDED.has(reason) || reason.includes(OLD_VERSION));
}

/**
 * Whether the time of an instance counts under the rules of generations two and three: it is alive, or
 * was public and lived an hour, or did not end by its miner's fault.
 */
export function isEligible(instance: InstanceRow): boolean {
  const { activatedAt, deletedAt, billedTo, validTermination, deletionReason } = instance;
  if (activatedAt === null) return false;
  if (deletedAt === null) return true;
  const hasServed = billedTo === null && deletedAt - activatedAt >= HOUR_US;
  return hasServed || validTermination || endedByPlatform(deletionReason);
}

/**
 * The part of an instance's life from `start` that is paid for within the window. Null when none is:
 * also when it ended, or the billing did, before the window.
 */
export function paidSpan(instance: InstanceRow, start: Micros, week: Span): Span | null {
  const ends = [instance.stopBillingAt, instance.deletedAt].filter((end) => end !== null);
  const span = { start: Math.max(start, week.start), end: Math.min(week.end, ...ends) };
  return span.end > span.start ? span : null;
}

/** Seconds times multiplier; exact once the multiplier is rounded to 10^-12. */
export function unitsOf(duration: Micros, multiplier: number): Atto {
  return BigInt(duration) * picoOf(multiplier);
}

/** Whole seconds of a sum of microseconds, rounded down. */
export function wholeSeconds(duration: Micros): number {
  return Math.floor(duration / SECOND_US);
}
