import { type Atto, distance, ONE, shareOf, sumOf } from "./fixed.ts";
import { HOUR_US, type Micros, type Span } from "./time.ts";

/** When weights may follow from an audit. */
export interface PreconditionRules {
  /** Of the hours looked back at, how many must be verified. */
  readonly minVerified: number;
  readonly hours: number;
  /** How old the newest verified hour may be. */
  readonly maxAge: Micros;
  /** How far the vector may move at once, as a sum of absolute differences; exclusive. */
  readonly maxChange: Atto;
}

/** 160 of 168 hours, the newest at most three hours old, a change of less than one half. */
export const PRECONDITION_RULES: PreconditionRules = {
  minVerified: 160,
  hours: 168,
  maxAge: 3 * HOUR_US,
  maxChange: ONE / 2n,
};

/** What is known when weights are about to be set. */
export interface PreconditionInputs {
  /** Slices of the audited validator whose digest was found on chain. */
  readonly verified: readonly Span[];
  /** The clock, not the moment scored: old data must look old. */
  readonly now: Micros;
  /** The vector to be set and the last own one, by hotkey; null when none was ever set. */
  readonly next: ReadonlyMap<string, bigint>;
  readonly last: ReadonlyMap<string, bigint> | null;
  readonly isRegistered: boolean;
  /** Whether an operator takes the responsibility for a large change. */
  readonly allowsChange: boolean;
}

/** Why weights must not be set. */
export type Hindrance =
  | { readonly code: "NOT_REGISTERED" }
  | { readonly code: "TOO_FEW_HOURS"; readonly verified: number; readonly needed: number }
  | { readonly code: "TOO_OLD"; readonly age: Micros | null; readonly limit: Micros }
  | { readonly code: "NOTHING_EARNED" }
  | { readonly code: "CHANGE_TOO_LARGE"; readonly change: Atto; readonly limit: Atto };

/** Everything that hinders the setting of weights; empty when they may be set. */
export function hindrances(
  inputs: PreconditionInputs,
  rules: PreconditionRules = PRECONDITION_RULES,
): readonly Hindrance[] {
  const { now, next, last } = inputs;
  const found: Hindrance[] = [];
  if (!inputs.isRegistered) found.push({ code: "NOT_REGISTERED" });
  const verified = verifiedHours(inputs.verified, now, rules.hours);
  if (verified < rules.minVerified) {
    found.push({ code: "TOO_FEW_HOURS", verified, needed: rules.minVerified });
  }
  const ends = inputs.verified.map(({ end }) => end);
  const age = ends.length > 0 ? now - ends.reduce((a, b) => Math.max(a, b)) : null;
  if (age === null || age > rules.maxAge) found.push({ code: "TOO_OLD", age, limit: rules.maxAge });
  if (sumOf(next.values()) <= 0n) found.push({ code: "NOTHING_EARNED" });
  const change = last === null ? 0n : changeOf(next, last);
  if (change >= rules.maxChange && !inputs.allowsChange) {
    found.push({ code: "CHANGE_TOO_LARGE", change, limit: rules.maxChange });
  }
  return found;
}

/** Distinct clock hours: the same hour verified twice is one, and a slice that is no hour is none. */
function verifiedHours(slices: readonly Span[], now: Micros, hours: number): number {
  const current = Math.floor(now / HOUR_US);
  const starts = slices
    .filter(({ start, end }) => end - start === HOUR_US && start % HOUR_US === 0)
    .map(({ start }) => start / HOUR_US)
    .filter((hour) => hour >= current - hours && hour < current);
  return new Set(starts).size;
}

/** Sum of absolute differences of two vectors as shares of one: from 0 to 2. */
function changeOf(a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): Atto {
  const [wholeA, wholeB] = [sumOf(a.values()), sumOf(b.values())];
  const keys = new Set([...a.keys(), ...b.keys()]);
  return sumOf(
    [...keys].map((key) =>
      distance(shareOf(a.get(key) ?? 0n, wholeA), shareOf(b.get(key) ?? 0n, wholeB)),
    ),
  );
}
