import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** An observation of the log, and when it was recorded. */
export interface RecordedObservation {
  readonly index: number;
  readonly text: string;
  readonly recordedMs: number;
}

/** One validator's log, cut by the time at which its entries were recorded. */
export class LogSlices {
  readonly #database: Kysely<Tables>;
  readonly #logId: number;

  constructor(database: Kysely<Tables>, logId: number) {
    this.#database = database;
    this.#logId = logId;
  }

  /** When the first entry was recorded; null while there is none. */
  async beginMs(): Promise<number | null> {
    const row = await this.#entries().select("appended_ms").orderBy("index").limit(1).execute();
    return row[0]?.appended_ms ?? null;
  }

  /**
   * Where a slice ends that begins with entry `from`: the first entry recorded at `endMs` or later, or
   * the end of the log. A clock that goes back moves entries to a later slice, and loses none.
   */
  async endOf(from: number, endMs: number): Promise<number> {
    const next = await this.#entries()
      .select("index")
      .where("index", ">=", from)
      .where("appended_ms", ">=", endMs)
      .orderBy("index")
      .limit(1)
      .executeTakeFirst();
    if (next !== undefined) return next.index;
    const { size } = await this.#database
      .selectFrom("logs")
      .select("size")
      .where("id", "=", this.#logId)
      .executeTakeFirstOrThrow();
    return Math.max(from, size);
  }

  /** The observations among the entries `from` up to, not including, `to`; a page of them is asked for by range. */
  async observations(from: number, to: number): Promise<readonly RecordedObservation[]> {
    const rows = await this.#entries()
      .select(["index", "text", "appended_ms"])
      .where("kind", "=", "observation")
      .where("index", ">=", from)
      .where("index", "<", to)
      .orderBy("index")
      .execute();
    return rows.map(({ index, text, appended_ms }) => ({ index, text, recordedMs: appended_ms }));
  }

  /** When the first entry of a run was recorded, and the first and last of its places; null without any. */
  async spanOf(
    runId: string,
  ): Promise<{ readonly beginMs: number; readonly from: number; readonly to: number } | null> {
    const row = await this.#entries()
      .select(({ fn }) => [
        fn.min("appended_ms").as("begin"),
        fn.min("index").as("from"),
        fn.max("index").as("to"),
      ])
      .where("run_id", "=", runId)
      .executeTakeFirst();
    if (row === undefined || row.begin === null) return null;
    return { beginMs: Number(row.begin), from: Number(row.from), to: Number(row.to) + 1 };
  }

  #entries() {
    return this.#database.selectFrom("log_entries").where("log_id", "=", this.#logId);
  }
}
