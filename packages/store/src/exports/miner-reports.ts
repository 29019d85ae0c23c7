import type { Hotkey } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** A miner's report of its own hour, as it is listed. */
export interface MinerReportRecord {
  readonly entryId: string;
  readonly hotkey: Hotkey;
  readonly block: number;
  readonly path: string;
  readonly sha256: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly createdUs: number;
}

/** Reports that miners have handed in. */
export class MinerReports {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Keeps a report unless the miner has one of that slice or block; answers with the one that stands. */
  async keep(report: MinerReportRecord): Promise<MinerReportRecord> {
    await this.#database
      .insertInto("miner_reports")
      .values({
        entry_id: report.entryId,
        hotkey: report.hotkey,
        block: report.block,
        path: report.path,
        sha256: report.sha256,
        start_us: report.startUs,
        end_us: report.endUs,
        created_us: report.createdUs,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const standing = await this.standing(report);
    return standing ?? report;
  }

  /** The miner's report of that slice or of that block, if there is one. */
  async standing(
    report: Pick<MinerReportRecord, "hotkey" | "endUs" | "entryId">,
  ): Promise<MinerReportRecord | null> {
    const row = await this.#database
      .selectFrom("miner_reports")
      .selectAll()
      .where(({ or, and, eb }) =>
        or([
          eb("entry_id", "=", report.entryId),
          and([eb("hotkey", "=", report.hotkey), eb("end_us", "=", report.endUs)]),
        ]),
      )
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : recordOf(row);
  }

  /** Reports of slices that begin at `fromUs` or later. */
  async from(fromUs: number): Promise<readonly MinerReportRecord[]> {
    const rows = await this.#database
      .selectFrom("miner_reports")
      .selectAll()
      .where("start_us", ">=", fromUs)
      .orderBy("end_us")
      .orderBy("hotkey")
      .execute();
    return rows.map(recordOf);
  }

  /** Forgets reports of slices that began before; returns the paths that nothing names any more. */
  async forget(beforeUs: number): Promise<readonly string[]> {
    const rows = await this.#database
      .deleteFrom("miner_reports")
      .where("start_us", "<", beforeUs)
      .returning("path")
      .execute();
    return rows.map(({ path }) => path);
  }
}

function recordOf(row: Tables["miner_reports"]): MinerReportRecord {
  return {
    entryId: row.entry_id,
    hotkey: row.hotkey as Hotkey,
    block: row.block,
    path: row.path,
    sha256: row.sha256,
    startUs: row.start_us,
    endUs: row.end_us,
    createdUs: row.created_us,
  };
}
