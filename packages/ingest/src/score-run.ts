import type { Micros } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";

/** Which rules are scored by. */
export const PROFILES = ["features", "base_bonus", "compute_units"] as const;
export type Profile = (typeof PROFILES)[number];

/** One hotkey in a run of scores. Shares are of one, in 10^-18. */
export interface ScoreRow {
  readonly hotkey: Hotkey;
  readonly uid: number;
  /** In exact proportion to the share; what vectors are made of. */
  readonly score: bigint;
  readonly share: bigint;
  /** Its part of the metagraph's incentives. */
  readonly actual: bigint;
  /** Its part of the audited validator's weight row; null when it set none. */
  readonly weight: bigint | null;
  /** Its part of the scores that the validator publishes; null when it publishes none. */
  readonly published: bigint | null;
  /** Features as they were counted, by name. */
  readonly raw: Readonly<Record<string, string>>;
}

/** A comparison in one line: sum and greatest of the differences in 10^-18, and whether they are small. */
export interface Agreement {
  readonly l1: bigint;
  readonly maxDelta: bigint;
  readonly agrees: boolean;
  /** In millionths; null where there is nothing to order. */
  readonly spearman: number | null;
  readonly kendall: number | null;
}

/** What a computation of scores came to. */
export interface ScoreRun {
  readonly source: Hotkey;
  readonly asOf: Micros;
  readonly profile: Profile;
  /** Of everything the scores follow from; whoever has the same scores the same. */
  readonly inputsRoot: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Block at which the metagraph was read. */
  readonly block: number;
  readonly createdMs: number;
  /** Entries of the validator in the window, all of them verified. */
  readonly hours: number;
  /** Whether every feed that this profile needs was to be had. */
  readonly isComplete: boolean;
  readonly reconciled: boolean;
  readonly total: bigint;
  readonly rows: readonly ScoreRow[];
  readonly metagraph: Agreement;
  readonly weights: Agreement | null;
  readonly published: Agreement | null;
}
