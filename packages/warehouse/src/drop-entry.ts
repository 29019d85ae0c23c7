import { text } from "./cells.ts";
import { removeDoomed } from "./overflow.ts";
import type { Micros } from "./rows.ts";
import { ENTRY_TABLES } from "./schema.ts";
import type { Warehouse } from "./warehouse.ts";

/** Forgets an entry and all it brought, as if it had never been loaded; false when it was not. */
export async function dropEntry(warehouse: Warehouse, entryId: string): Promise<boolean> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const dropped = await drop(warehouse, "entry_id = $entryId", { entryId });
    return dropped > 0;
  });
}

/** Forgets every entry that ended before `time`; how many. Keep eight days for a window of seven. */
export async function dropEndedBefore(warehouse: Warehouse, time: Micros): Promise<number> {
  const { engine } = warehouse;
  return await engine.exclusive(() => drop(warehouse, "end_time < $time", { time: BigInt(time) }));
}

async function drop(
  warehouse: Warehouse,
  condition: string,
  values: Readonly<Record<string, string | bigint>>,
): Promise<number> {
  const { engine } = warehouse;
  const entries = await engine.rows(`SELECT entry_id FROM entries WHERE ${condition}`, values);
  if (entries.length === 0) return 0;
  await engine.transaction(async () => {
    for (const table of ENTRY_TABLES) {
      await engine.run(
        `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM entries WHERE ${condition})`,
        values,
      );
    }
    await engine.run(`DELETE FROM entries WHERE ${condition}`, values);
  });
  // After the transaction: a file without its entry is nothing, an entry without its file is a fault.
  for (const entry of entries) await warehouse.files.forget(text(entry, "entry_id"));
  await removeDoomed(warehouse);
  return entries.length;
}
