import type { StatedHistory, StatedInstance } from "@neurond/exports";

/** Microseconds since 1970 in UTC, a safe integer; what a CSV says outside 2000 to 2200 is null. */
export type Micros = number;

/** One hour in microseconds. */
export const HOUR_US = 3_600_000_000;

/** What a reporter commits to: one slice of time, `[startTime, endTime)`. */
export interface EntryHeader {
  /** A uuid. */
  readonly entryId: string;
  readonly kind: "validator" | "miner";
  readonly hotkey: string;
  readonly block: number;
  readonly startTime: Micros;
  readonly endTime: Micros;
}

/** An instance as one report states it; `deploymentId` and `validator` only in a miner's. */
export interface InstanceRow
  extends Omit<StatedInstance, "instanceId" | "version" | "minerUid" | "region"> {
  readonly instanceId: string | null;
  readonly deploymentId?: string | null;
  readonly validator?: string | null;
  readonly version?: string | null;
  readonly minerUid?: number | null;
  readonly region?: string | null;
}

/** A stretch of an instance's life under one multiplier. */
export type HistoryRow = StatedHistory;

/** What a miner's own counters say of one function of one deployment in its slice. */
export interface MinerMetricRow {
  readonly chuteId: string;
  readonly deploymentId: string;
  readonly functionName: string;
  readonly totalSeconds: number;
  readonly totalCount: number;
}

/** How many GPUs an instance of a chute has. */
export interface GpuCountRow {
  readonly chuteId: string;
  readonly gpuCount: number;
}

/** When the newest entry that holds a row ends. */
export interface Seen {
  readonly seenAt: Micros;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is a uuid as listings have it, and so may be the name of a file. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
