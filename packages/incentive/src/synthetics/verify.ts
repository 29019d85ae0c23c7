import type { InstanceRow, InvocationRow } from "../rows.ts";
import { HOUR_US, type Micros, SECOND_US } from "../time.ts";
import { isError } from "../work.ts";
import type { Attempt } from "./trace.ts";

/** A probe of ours: an attempt from its trace, and what we saw of the answer; null where we saw nothing. */
export interface Synthetic extends Attempt {
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

/** What is known of one hour of exports. */
export type HourState = "csv" | "no_csv" | "absent";

/** Where a synthetic is looked for. */
export interface ExportView {
  /** By the start of the clock hour. */
  readonly hourState: (hour: Micros) => HourState;
  /** The newest version of the row with this `invocationId`. */
  readonly rowOf: (invocationId: string) => InvocationRow | undefined;
  readonly instanceOf: (instanceId: string) => InstanceRow | undefined;
}

/** How far an export may differ from what we saw. */
export interface SyntheticTolerances {
  readonly startSkew: Micros;
  readonly durationSkew: Micros;
  /** In millionths of our count. */
  readonly tokens: number;
}

/** 30 s for the start and the duration, 5 % for tokens. */
export const SYNTHETIC_TOLERANCES: SyntheticTolerances = {
  startSkew: 30 * SECOND_US,
  durationSkew: 30 * SECOND_US,
  tokens: 50_000,
};

/** What of a row differs from what we saw. */
export type SyntheticField =
  | "parentInvocationId"
  | "chuteId"
  | "functionName"
  | "instanceId"
  | "minerUid"
  | "minerHotkey"
  | "error"
  | "startedAt"
  | "completedAt"
  | "duration"
  | "tokensIn"
  | "tokensOut"
  | "instanceActive";

/**
 * `PENDING`: the hours of its start and end, or those after them, are not all loaded. `NO_CSV`: that hour was exported
 * without invocations, so that nothing can be said; it is never a pass.
 */
export type SyntheticVerdict =
  | { readonly kind: "PENDING" | "FOUND" | "MISSING" | "NO_CSV" }
  | { readonly kind: "MISMATCH"; readonly fields: readonly SyntheticField[] };

const SAME = [
  "parentInvocationId",
  "chuteId",
  "functionName",
  "instanceId",
  "minerUid",
  "minerHotkey",
] as const;

/** Judges one probe against the exports. */
export function judgeSynthetic(
  synthetic: Synthetic,
  view: ExportView,
  tolerances: SyntheticTolerances = SYNTHETIC_TOLERANCES,
): SyntheticVerdict {
  const hour = Math.floor(synthetic.attemptedAt / HOUR_US) * HOUR_US;
  const [own, next] = [view.hourState(hour), view.hourState(hour + HOUR_US)];
  // The end of a long request is exported with the hour in which it ended.
  const end = Math.floor((synthetic.settledAt ?? hour) / HOUR_US) * HOUR_US;
  const ends = [view.hourState(end), view.hourState(end + HOUR_US)];
  if ([own, next, ...ends].includes("absent")) return { kind: "PENDING" };
  const row = view.rowOf(synthetic.invocationId);
  if (row !== undefined) {
    const fields = mismatches(synthetic, row, view, tolerances);
    return fields.length === 0 ? { kind: "FOUND" } : { kind: "MISMATCH", fields };
  }
  // Clocks differ by less than the skew allowed: a probe at the edge may belong to the hour after it.
  const isAtEdge = hour + HOUR_US - synthetic.attemptedAt <= tolerances.startSkew;
  return { kind: own === "no_csv" || (isAtEdge && next === "no_csv") ? "NO_CSV" : "MISSING" };
}

function mismatches(
  synthetic: Synthetic,
  row: InvocationRow,
  view: ExportView,
  tolerances: SyntheticTolerances,
): readonly SyntheticField[] {
  const fields: SyntheticField[] = SAME.filter((name) => synthetic[name] !== row[name]);
  const { settledAt, attemptedAt } = synthetic;
  if (settledAt !== null && isError(row.errorMessage) !== synthetic.hasError) fields.push("error");
  if (Math.abs(row.startedAt - attemptedAt) > tolerances.startSkew) fields.push("startedAt");
  if (settledAt !== null && !isCompletedInSlice(row)) fields.push("completedAt");
  if (settledAt !== null && row.completedAt !== null) {
    const skew = Math.abs(row.completedAt - row.startedAt - (settledAt - attemptedAt));
    if (skew > tolerances.durationSkew) fields.push("duration");
  }
  if (!isClose(synthetic.tokensIn, row.metrics?.it, tolerances)) fields.push("tokensIn");
  if (!isClose(synthetic.tokensOut, row.metrics?.ot, tolerances)) fields.push("tokensOut");
  if (!wasActive(view.instanceOf(synthetic.instanceId), row.startedAt)) {
    fields.push("instanceActive");
  }
  return fields;
}

/** A row that ended stands in the export of an hour that was over by then. */
function isCompletedInSlice({ startedAt, completedAt, seenAt }: InvocationRow): boolean {
  return completedAt !== null && completedAt >= startedAt && completedAt < seenAt;
}

function isClose(
  ours: number | null,
  theirs: number | null | undefined,
  { tokens }: SyntheticTolerances,
): boolean {
  if (ours === null || theirs === null || theirs === undefined) return true;
  return Math.abs(ours - theirs) * 1_000_000 <= ours * tokens;
}

/** Requests go to active instances only; creation stands in for activation where that is not told. */
function wasActive(instance: InstanceRow | undefined, at: Micros): boolean {
  if (instance === undefined) return false;
  const { activatedAt, createdAt, deletedAt } = instance;
  return (activatedAt ?? createdAt) <= at && (deletedAt === null || deletedAt >= at);
}
