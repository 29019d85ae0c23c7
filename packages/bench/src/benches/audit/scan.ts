import { DuckDBInstance } from "@duckdb/node-api";
import type { EntryContent } from "@neurond/warehouse";
import { rateOf } from "./load-week.ts";

const COLUMNS = Array.from({ length: 16 }, (_, at) => `c${at}: 'VARCHAR'`).join(", ");

/** Rows per second when the engine finds the cells of the CSVs and does nothing with them. */
export async function scanRate(week: readonly EntryContent[]): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    return await rateOf(async () => {
      let rows = 0;
      for (const { invocations } of week) {
        const found = await connection.runAndReadAll(
          `SELECT count(COLUMNS(*)), count(*) AS rows FROM read_csv($path, auto_detect = false,
             header = true, delim = ',', quote = '"', escape = '"', columns = {${COLUMNS}})`,
          { path: invocations?.path ?? "" },
        );
        rows += Number(found.getRowObjectsJS()[0]?.["rows"]);
      }
      return rows;
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
