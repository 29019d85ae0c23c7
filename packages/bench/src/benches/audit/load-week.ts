import { type EntryContent, loadEntry, type Warehouse } from "@neurond/warehouse";

/** Loads every entry, two at a time as the ingest does: one is hashed while the other is read. */
export async function loadWeek(
  warehouse: Warehouse,
  week: readonly EntryContent[],
): Promise<number> {
  const waiting = [...week];
  let rows = 0;
  const work = async () => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const { invocationRows } = await loadEntry(warehouse, entry);
      rows += invocationRows; // not in one line with the await: both workers add
    }
  };
  await Promise.all([work(), work()]);
  return rows;
}

/** Rows per second of work that answers how many rows it did. */
export async function rateOf(work: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const rows = await work();
  return rows / ((performance.now() - started) / 1_000);
}
