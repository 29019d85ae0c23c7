import type { HistoryRow, InstanceRow, InvocationRow } from "./rows.ts";
import type { Micros } from "./time.ts";

/** Of every attempt the version of the latest export: one that spans two hours is in both. */
export function newestInvocations(rows: Iterable<InvocationRow>): readonly InvocationRow[] {
  return newestOf(rows, ({ invocationId }) => invocationId);
}

/** Of every stretch the latest version: it is open in one report and ended in a later one. */
export function newestHistory(rows: Iterable<HistoryRow>): readonly HistoryRow[] {
  return newestOf(rows, ({ instanceId, startedAt }) => `${instanceId} ${startedAt}`);
}

/**
 * Of every instance the state in the latest report. Ordered by report and not by `deletedAt`, because
 * copies of a deletion onto older rows make those a tie, and the winner of a tie a matter of luck.
 */
export function latestInstances(rows: Iterable<InstanceRow>): readonly InstanceRow[] {
  return newestOf(rows, ({ instanceId }) => instanceId);
}

/** Of every instance its latest state with the first activation, the last deletion and any payer. */
export function mergeInstances(rows: readonly InstanceRow[]): readonly InstanceRow[] {
  const states = Map.groupBy(rows, ({ instanceId }) => instanceId);
  return latestInstances(rows).map((latest) => {
    const all = states.get(latest.instanceId) ?? [];
    return {
      ...latest,
      activatedAt: least(all.map(({ activatedAt }) => activatedAt)),
      deletedAt: greatest(all.map(({ deletedAt }) => deletedAt)),
      stopBillingAt: greatest(all.map(({ stopBillingAt }) => stopBillingAt)),
      billedTo:
        latest.billedTo ??
        all.reduce<string | null>((payer, { billedTo }) => later(payer, billedTo), null),
    };
  });
}

function newestOf<Row extends { readonly seenAt: Micros }>(
  rows: Iterable<Row>,
  keyOf: (row: Row) => string,
): readonly Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = newest.get(key);
    if (known === undefined || supersedes(row, known)) newest.set(key, row);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** A total order, so that two versions in one report do not leave the choice to their order in it. */
function supersedes<Row extends { readonly seenAt: Micros }>(row: Row, known: Row): boolean {
  return row.seenAt === known.seenAt ? textOf(row) > textOf(known) : row.seenAt > known.seenAt;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    const isRecord = part !== null && typeof part === "object" && !Array.isArray(part);
    return isRecord ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)) : part;
  });
}

function least(values: readonly (Micros | null)[]): Micros | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : null;
}

function greatest(values: readonly (Micros | null)[]): Micros | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null;
}

function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}
