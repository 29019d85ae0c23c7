import { type Atto, picoOf } from "./fixed.ts";
import { newestInvocations } from "./newest.ts";
import type { InvocationRow, ReportRow } from "./rows.ts";
import type { Span } from "./time.ts";
import { isPrivate, isSuccess, workSeconds } from "./work.ts";

/**
 * What one hotkey served in a stretch of time. All integers: hours of any partition add up to the
 * same, and an hour that leaves the window is taken off again without a trace.
 */
export interface Usage {
  /** Attempts that count for anything: a miner served them and no confirmed report is against them. */
  readonly rows: number;
  /** Of those, on public chutes. */
  readonly publicRows: number;
  /** Public, ended, without error. */
  readonly invocations: number;
  /** Public, with a bounty. */
  readonly bounties: number;
  /** Bounties of all rows, and multiplier times work of successful public ones. */
  readonly units: Atto;
  /** Ended without error, private ones included. */
  readonly successes: number;
  /** Multiplier times work of all rows, failed and private ones included. */
  readonly demandUnits: Atto;
  /** Ended without error, private and reported ones included: what a miner's own counter counts. */
  readonly answered: number;
}

/** Nothing served. */
export const NO_USAGE: Usage = {
  rows: 0,
  publicRows: 0,
  invocations: 0,
  bounties: 0,
  units: 0n,
  successes: 0,
  demandUnits: 0n,
  answered: 0,
};

const PICO_TO_ATTO = 1_000_000n;
const UNIT_IN_PICO = 1_000_000_000_000n;

/** Adds up what every hotkey served in attempts that started within `span`: the definition of `Usage`. */
export function usageOf(
  invocations: Iterable<InvocationRow>,
  reports: Iterable<ReportRow>,
  span: Span,
): ReadonlyMap<string, Usage> {
  const excluded = confirmedReports(reports);
  const usage = new Map<string, Usage>();
  for (const row of newestInvocations(invocations)) {
    if (row.minerUid < 0 || row.startedAt < span.start || row.startedAt >= span.end) continue;
    const isReported = excluded.has(row.parentInvocationId);
    const sum = usage.get(row.minerHotkey) ?? NO_USAGE;
    usage.set(row.minerHotkey, addUsage(sum, usageOfRow(row, isReported)));
  }
  return usage;
}

/** Adds what two stretches of time hold. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    rows: a.rows + b.rows,
    publicRows: a.publicRows + b.publicRows,
    invocations: a.invocations + b.invocations,
    bounties: a.bounties + b.bounties,
    units: a.units + b.units,
    successes: a.successes + b.successes,
    demandUnits: a.demandUnits + b.demandUnits,
    answered: a.answered + b.answered,
  };
}

/** Requests against which a report was confirmed, in whichever hour that was. */
export function confirmedReports(reports: Iterable<ReportRow>): ReadonlySet<string> {
  const confirmed = new Set<string>();
  for (const { parentInvocationId, confirmedAt } of reports) {
    if (confirmedAt !== null) confirmed.add(parentInvocationId);
  }
  return confirmed;
}

function usageOfRow(row: InvocationRow, isReported: boolean): Usage {
  const isGood = isSuccess(row);
  if (isReported) return { ...NO_USAGE, answered: count(isGood) };
  const isPublic = !isPrivate(row);
  const work = picoOf((row.computeMultiplier ?? 0) * workSeconds(row));
  const bounty = BigInt(Math.trunc(Math.max(0, row.bounty))) * UNIT_IN_PICO;
  return {
    rows: 1,
    publicRows: count(isPublic),
    invocations: count(isPublic && isGood),
    bounties: count(isPublic && row.bounty > 0),
    units: (bounty + (isPublic && isGood ? work : 0n)) * PICO_TO_ATTO,
    successes: count(isGood),
    demandUnits: work * PICO_TO_ATTO,
    answered: count(isGood),
  };
}

function count(holds: boolean): number {
  return holds ? 1 : 0;
}
