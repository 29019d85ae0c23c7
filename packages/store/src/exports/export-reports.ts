import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** A slice that was built: what must be on chain before it is listed. */
export interface BuiltSlice {
  readonly startUs: number;
  readonly endUs: number;
  readonly sequence: number;
  /** 64 hexadecimal digits, as are roots. */
  readonly sha256: string;
  readonly treeRoot: string;
  readonly treeSize: number;
  readonly logTo: number;
  /** Scores that follow from the week before its end, as text. */
  readonly scores: string;
}

/** A slice, and how far it has come. */
export interface ExportSlice extends BuiltSlice {
  readonly sentBlock: number | null;
  readonly block: number | null;
  readonly listed: Listed | null;
}

/** A slice's line in the listing. */
export interface Listed {
  readonly entryId: string;
  readonly path: string;
  readonly createdUs: number;
}

/** Every slice a validator has published, and the one that is on its way. */
export class ExportReports {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** The latest slice, listed or on its way; null before the first. */
  async newest(): Promise<ExportSlice | null> {
    const rows = await this.#slices().orderBy("end_us", "desc").limit(1).execute();
    return rows[0] === undefined ? null : sliceOf(rows[0]);
  }

  /** The latest slice that is listed. */
  async newestListed(): Promise<ExportSlice | null> {
    const rows = await this.#slices()
      .where("path", "is not", null)
      .orderBy("end_us", "desc")
      .limit(1)
      .execute();
    return rows[0] === undefined ? null : sliceOf(rows[0]);
  }

  /** Notes a slice before it is sent; one that is noted already stays as it is. */
  async intend(slice: BuiltSlice): Promise<void> {
    await this.#database
      .insertInto("export_reports")
      .values({
        end_us: slice.endUs,
        start_us: slice.startUs,
        sequence: slice.sequence,
        sha256: slice.sha256,
        tree_root: slice.treeRoot,
        tree_size: slice.treeSize,
        log_to: slice.logTo,
        scores: slice.scores,
      })
      .onConflict((conflict) => conflict.column("end_us").doNothing())
      .execute();
  }

  /** Forgets a slice that was never sent, so that it is built again. */
  async drop(endUs: number): Promise<void> {
    await this.#database
      .deleteFrom("export_reports")
      .where("end_us", "=", endUs)
      .where("sent_block", "is", null)
      .execute();
  }

  /** Notes that a slice is sent after a block; whatever block it was found in before counts no more. */
  async sending(endUs: number, after: number): Promise<void> {
    await this.#update(endUs, { sent_block: after, block: null });
  }

  /** Notes that a slice was not taken, and is nowhere on its way. */
  async unsent(endUs: number): Promise<void> {
    await this.#update(endUs, { sent_block: null, block: null });
  }

  /** Notes the block that holds a slice. */
  async included(endUs: number, block: number): Promise<void> {
    await this.#update(endUs, { block });
  }

  /** Lists a slice. */
  async list(endUs: number, { entryId, path, createdUs }: Listed): Promise<void> {
    await this.#update(endUs, { entry_id: entryId, path, created_us: createdUs });
  }

  /** Listed slices that begin at `fromUs` or later, oldest first. */
  async listedFrom(fromUs: number): Promise<readonly ExportSlice[]> {
    const rows = await this.#slices()
      .where("path", "is not", null)
      .where("start_us", ">=", fromUs)
      .orderBy("end_us")
      .execute();
    return rows.map(sliceOf);
  }

  #slices() {
    return this.#database.selectFrom("export_reports").selectAll();
  }

  async #update(endUs: number, set: object): Promise<void> {
    await this.#database
      .updateTable("export_reports")
      .set(set)
      .where("end_us", "=", endUs)
      .execute();
  }
}

function sliceOf(row: Tables["export_reports"]): ExportSlice {
  const { entry_id: entryId, path, created_us: createdUs } = row;
  const isListed = entryId !== null && path !== null && createdUs !== null;
  return {
    startUs: row.start_us,
    endUs: row.end_us,
    sequence: row.sequence,
    sha256: row.sha256,
    treeRoot: row.tree_root,
    treeSize: row.tree_size,
    logTo: row.log_to,
    scores: row.scores,
    sentBlock: row.sent_block,
    block: row.block,
    listed: isListed ? { entryId, path, createdUs } : null,
  };
}
