import {
  type CounterAgreement,
  type Coverage,
  counterAgreement,
  coverageOf,
} from "@neurond/incentive";
import { hasReached, type TrackedEntry } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import { auditedCounts, HOUR_US, reportedCounts, type Warehouse } from "@neurond/warehouse";

/** How a miner's own reports compare with what the validator exported. */
export interface MinerAccount {
  readonly hotkey: Hotkey;
  readonly coverage: Coverage;
  /** Null unless counters were asked for. */
  readonly agreement: CounterAgreement | null;
}

/** Compares every miner that reports or that served, by time and, if asked for, by counters. */
export async function compareMiners(
  warehouse: Warehouse,
  entries: readonly TrackedEntry[],
  asOf: number,
  withCounters: boolean,
): Promise<readonly MinerAccount[]> {
  const loaded = entries.filter((entry) => hasReached(entry, "LOADED"));
  const own = Map.groupBy(
    loaded.filter(({ reporter }) => reporter === "miner"),
    ({ hotkey }) => hotkey,
  );
  const audited = Map.groupBy(await auditedCounts(warehouse, { asOf }), (row) => row.minerHotkey);
  const reported = withCounters
    ? Map.groupBy(await reportedCounts(warehouse, { asOf }), (row) => row.minerHotkey)
    : null;
  const auditedHours = new Set(
    loaded.filter(({ hasInvocations }) => hasInvocations).map(({ startTime }) => startTime),
  );
  const hotkeys = new Set<string>([...own.keys(), ...audited.keys()]);
  return [...hotkeys].sort().map((name) => {
    const hotkey = name as Hotkey;
    const slices = own.get(hotkey) ?? [];
    const spans = slices.map(({ startTime: start, endTime: end }) => ({ start, end }));
    const agreement =
      reported === null
        ? null
        : counterAgreement({
            reported: reported.get(hotkey) ?? [],
            reportedHours: new Map(
              slices.map(({ startTime, uptime }) => [hourOf(startTime), uptime]),
            ),
            audited: audited.get(hotkey) ?? [],
            auditedHours,
          });
    return { hotkey, coverage: coverageOf(spans, asOf), agreement };
  });
}

const hourOf = (time: number): number => Math.floor(time / HOUR_US) * HOUR_US;
