import type { StatedHistory, StatedInstance } from "@neurond/exports";
import type { Micros } from "./time.ts";

/** What an attempt says of its own work; numbers that were null or `nan` in the export are absent. */
export interface Metrics {
  /** Privately billed. */
  readonly p?: boolean | null;
  /** Normalised compute seconds. */
  readonly nc?: number | null;
  readonly steps?: number | null;
  /** Moving averages of seconds: per step, per token. */
  readonly masps?: number | null;
  readonly maspt?: number | null;
  /** Tokens in and out. */
  readonly it?: number | null;
  readonly ot?: number | null;
}

/** One attempt at one target, as an export states it. */
export interface InvocationRow {
  /** The request this attempt belongs to; reports name this one. */
  readonly parentInvocationId: string;
  readonly invocationId: string;
  readonly chuteId: string;
  readonly functionName: string | null;
  readonly instanceId: string;
  /** Negative: no miner served it, and the row counts for nobody. */
  readonly minerUid: number;
  readonly minerHotkey: string;
  readonly startedAt: Micros;
  readonly completedAt: Micros | null;
  /** Empty and null say the same. */
  readonly errorMessage: string | null;
  /** Null counts as 0. */
  readonly computeMultiplier: number | null;
  /** Whole compute units; a fraction is cut off. */
  readonly bounty: number;
  readonly metrics: Metrics | null;
  /** End of the slice whose export holds the row: of two versions the later one counts. */
  readonly seenAt: Micros;
}

/** A complaint about a request. */
export interface ReportRow {
  /** Of the whole request, not of one attempt. */
  readonly parentInvocationId: string;
  readonly confirmedAt: Micros | null;
}

/** The state of an instance as one hourly report states it. */
export interface InstanceRow extends Omit<StatedInstance, "version" | "minerUid" | "region"> {
  readonly seenAt: Micros;
}

/** A stretch of an instance's life under one multiplier. */
export interface HistoryRow extends StatedHistory {
  readonly seenAt: Micros;
}
