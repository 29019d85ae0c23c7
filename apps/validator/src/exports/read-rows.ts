import { exportedRow } from "@neurond/audit";
import type { InvocationRow } from "@neurond/exports";
import type { Observation } from "@neurond/ledger";
import type { Hotkey, Uid } from "@neurond/primitives";
import type { LogSlices, RecordedObservation } from "@neurond/store";
import { nativeUuid } from "./node-hash.ts";
import type { InstanceOf } from "./services.ts";

const PAGE = 2_000;
/** Auditors pass over rows of nobody; whoever has left the subnet is nobody. */
const NO_UID = -1;

/** What rows need beside the record. */
export interface RowView {
  readonly uids: ReadonlyMap<Hotkey, Uid>;
  readonly instanceOf: InstanceOf;
}

/** The observations among the entries `from` to before `to` as rows, page by page, in the order of the log. */
export async function* readRows(
  slices: Pick<LogSlices, "observations">,
  { from, to }: { readonly from: number; readonly to: number },
  view: RowView,
  signal: AbortSignal,
): AsyncGenerator<readonly InvocationRow[]> {
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
    yield page.map((recorded) => rowOf(recorded, view));
  }
}

/** A recorded observation as a row. It is our own log: what stands in it was checked when it was appended. */
export function rowOf(
  { index, text, recordedMs }: RecordedObservation,
  { uids, instanceOf }: RowView,
): InvocationRow {
  const seen = JSON.parse(text) as Observation;
  const context = {
    logIndex: index,
    recordedAt: recordedMs * 1_000,
    uid: uids.get(seen.miner) ?? NO_UID,
    instanceId: instanceOf(seen),
  };
  return exportedRow(seen, context, nativeUuid);
}
