import type { AuditEntry, Generation, Micros, Reporter } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";
import type { Problem } from "./problems.ts";
import type { Verification } from "./verification.ts";

/** How far an entry has come; each step is kept before the next begins. */
export const STEPS = [
  "LISTED",
  /** The report is on disk, with its digest. */
  "FETCHED",
  /** So is every file that the report names, with the digest that it names. */
  "HASHED",
  /** What the chain says of the digest is known, and the policy accepts it. */
  "CHAIN_VERIFIED",
  /** All of it is in the window. */
  "LOADED",
  "SCORED",
] as const;
export type Step = (typeof STEPS)[number];

/** One line of a validator's listing, and what has become of it. */
export interface TrackedEntry {
  /** Whose API lists it. */
  readonly source: Hotkey;
  readonly entryId: string;
  readonly reporter: Reporter;
  /** Who wrote the report and committed to it. */
  readonly hotkey: Hotkey;
  readonly block: number;
  readonly path: string;
  readonly createdAt: Micros;
  readonly startTime: Micros;
  readonly endTime: Micros;
  readonly step: Step;
  /** 64 lower-case digits, of the bytes as they came. */
  readonly reportSha256: string | null;
  readonly generation: Generation | null;
  /** Whether the report brings invocations. */
  readonly hasInvocations: boolean;
  /** Of a miner's report: how long its counters had run; null when it cannot say. */
  readonly uptime: Micros | null;
  readonly verification: Verification | null;
  /** What went wrong last; null when nothing did. */
  readonly problem: Problem | null;
  /** One line about it. */
  readonly detail: string | null;
  /** How often the same thing went wrong in a row. */
  readonly failures: number;
  /** When it is tried again; null: never, it is put aside. */
  readonly nextTryMs: number | null;
}

/** An entry that was just listed. */
export function trackedEntry(
  source: Hotkey,
  reporter: Reporter,
  hotkey: Hotkey,
  entry: AuditEntry,
): TrackedEntry {
  return {
    source,
    entryId: entry.entry_id.toLowerCase(),
    reporter,
    hotkey,
    block: entry.block,
    path: entry.path,
    createdAt: entry.created_at,
    startTime: entry.start_time,
    endTime: entry.end_time,
    step: "LISTED",
    reportSha256: null,
    generation: null,
    hasInvocations: false,
    uptime: null,
    verification: null,
    problem: null,
    detail: null,
    failures: 0,
    nextTryMs: 0,
  };
}

/** Whether an entry has come at least as far as a step. */
export function hasReached(entry: Pick<TrackedEntry, "step">, step: Step): boolean {
  return STEPS.indexOf(entry.step) >= STEPS.indexOf(step);
}

/** Whether nothing more will be done with an entry. */
export function isSettled(entry: TrackedEntry): boolean {
  return hasReached(entry, "LOADED") || entry.nextTryMs === null;
}
