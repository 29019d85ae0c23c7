import { exportedRow } from "@neurond/audit";
import type { InvocationRow, NameUuid } from "@neurond/exports";
import type { Observation } from "@neurond/ledger";
import type { Hotkey, Uid } from "@neurond/primitives";
import type { LogSlices, RecordedObservation, Service, ServiceRun } from "@neurond/store";
import { nativeUuid } from "./node-hash.ts";
import { type InstanceOf, serviceNames } from "./services.ts";

const PAGE = 2_000;
/** Auditors pass over rows of nobody; whoever has left the subnet is nobody. */
const NO_UID = -1;

/** What rows need beside the record. */
export interface RowView {
  readonly uids: ReadonlyMap<Hotkey, Uid>;
  readonly instanceOf: InstanceOf;
}

/** What a view of rows is made of: plain values, which reach another thread. */
export interface RowNames {
  readonly uids: ReadonlyMap<Hotkey, Uid>;
  readonly services: readonly Service[];
  readonly earned: readonly ServiceRun[];
}

/** Where observations are read. */
export type LogSource = Pick<LogSlices, "observations">;

/** Entries of the log from `from` to before `to`. */
export interface LogRange {
  readonly from: number;
  readonly to: number;
}

/** What becomes rows: observations, or rows that are whole already. */
export type RowPage = readonly (RecordedObservation | InvocationRow)[];

/** The observations in a range of the log, page by page. */
export async function* readPages(
  slices: LogSource,
  { from, to }: LogRange,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordedObservation[]> {
  // By ranges of entries and not by counts of rows: then every page is one walk along the index.
  const pageAt = (start: number) => {
    const page = slices.observations(start, Math.min(to, start + PAGE));
    // Heard when it is its turn; a reader that stops before must not leave a rejection behind.
    page.catch(() => undefined);
    return page;
  };
  let next = pageAt(from);
  for (let start = from; start < to; start += PAGE) {
    const page = await next;
    signal.throwIfAborted();
    // The database reads the next page while this one is written.
    next = pageAt(start + PAGE);
    yield page;
  }
}

/** Pages of observations as pages of rows, in the same order; each row is made when it is its turn. */
export async function* rowsOf(
  pages: AsyncIterable<RowPage>,
  { uids, services, earned }: RowNames,
): AsyncGenerator<Iterable<InvocationRow>> {
  const view = { uids, instanceOf: serviceNames(services, earned) };
  const uuid = rememberingUuid();
  for await (const page of pages) yield rowsOfPage(page, view, uuid);
}

// Rows of a whole page at once would outlive the young generation, and cost a second of its collector.
function* rowsOfPage(page: RowPage, view: RowView, uuid: NameUuid): Generator<InvocationRow> {
  for (const one of page) yield "invocation_id" in one ? one : rowOf(one, view, uuid);
}

/** A recorded observation as a row. It is our own log: what stands in it was checked when it was appended. */
export function rowOf(
  { index, text, recordedMs }: RecordedObservation,
  { uids, instanceOf }: RowView,
  uuid: NameUuid = nativeUuid,
): InvocationRow {
  const seen = JSON.parse(text) as Observation;
  const context = {
    logIndex: index,
    recordedAt: recordedMs * 1_000,
    uid: uids.get(seen.miner) ?? NO_UID,
    instanceId: instanceOf(seen),
  };
  return exportedRow(seen, context, uuid);
}

/** Thousands of rows share a run and a workload; tasks and attempts have names of their own. */
function rememberingUuid(): NameUuid {
  const known = new Map<string, string>();
  return (name) => {
    const isShared = name.startsWith("neurond.run.") || name.startsWith("neurond.workload.");
    if (!isShared) return nativeUuid(name);
    const uuid = known.get(name) ?? nativeUuid(name);
    known.set(name, uuid);
    return uuid;
  };
}
