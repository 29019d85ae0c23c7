import { HOUR_US, type HourState, type InvocationRow, type Micros } from "@neurond/incentive";
import { judgeProbe, type Probe, type ProbeView } from "@neurond/synthetics";
import {
  findAttempts,
  type KnownAttempt,
  latestInstances,
  loadedEntries,
  type Warehouse,
} from "@neurond/warehouse";

/** What is known of each hour, by its start; one that is not named is absent. */
export type HourStates = ReadonlyMap<Micros, HourState>;

/** Whether the hours are loaded that decide about a probe. */
export function isDue(probe: Probe, hours: HourStates): boolean {
  return judgeProbe(probe, { ...NO_ROWS, hourState: hourStateIn(hours) }).kind !== "PENDING";
}

const NO_ROWS: Omit<ProbeView, "hourState"> = {
  rowOf: () => undefined,
  rowsOfRequest: () => [],
  instanceOf: () => undefined,
};

const hourStateIn =
  (hours: HourStates) =>
  (hour: Micros): HourState =>
    hours.get(hour) ?? "absent";

/** What the loaded exports say about some probes: rows, instances, and which hours are there. */
export async function exportView(
  warehouse: Warehouse,
  hours: HourStates,
  probes: readonly Probe[],
): Promise<ProbeView> {
  const traced = probes.flatMap((probe) => (probe.kind === "traced" ? [probe.invocationId] : []));
  const blind = probes.flatMap((probe) =>
    probe.kind === "blind" ? [probe.parentInvocationId] : [],
  );
  const rows = (await findAttempts(warehouse, traced)).map(rowOf);
  const byId = new Map(rows.map((row) => [row.invocationId, row]));
  const ofBlind = (await findAttempts(warehouse, blind, { by: "request" })).map(rowOf);
  const byRequest = Map.groupBy(ofBlind, ({ parentInvocationId }) => parentInvocationId);
  const instances = new Map(
    (await latestInstances(warehouse)).map((instance) => [instance.instanceId, instance]),
  );
  return {
    hourState: hourStateIn(hours),
    rowOf: (id) => byId.get(id),
    rowsOfRequest: (parent) => byRequest.get(parent) ?? [],
    instanceOf: (id) => instances.get(id),
  };
}

/** An hour counts as exported when any entry of the validator that covers it is loaded with its rows. */
export async function hourStates(warehouse: Warehouse, validator: string): Promise<HourStates> {
  const states = new Map<Micros, HourState>();
  for (const { kind, hotkey, startTime, endTime, invocationRows } of await loadedEntries(
    warehouse,
  )) {
    if (kind !== "validator" || hotkey !== validator) continue;
    for (let hour = Math.ceil(startTime / HOUR_US) * HOUR_US; hour < endTime; hour += HOUR_US) {
      if (invocationRows !== null) states.set(hour, "csv");
      else if (!states.has(hour)) states.set(hour, "no_csv");
    }
  }
  return states;
}

/** A row whose start cannot be read started at no time that any probe could match. */
function rowOf(known: KnownAttempt): InvocationRow {
  return { ...known, startedAt: known.startedAt ?? 0 };
}
