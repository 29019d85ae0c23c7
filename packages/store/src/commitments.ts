import type { BlockNumber, Hotkey, RunId } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** A commitment found in a block. */
export interface SeenCommitment {
  readonly hotkey: Hotkey;
  readonly block: BlockNumber;
  readonly extrinsicIndex: number;
  readonly blockHash: string;
  /** The run whose scores it commits to; null when it commits to none. */
  readonly runId: RunId | null;
  /** The texts of its fields. */
  readonly fields: readonly string[];
}

/** Every commitment seen by following blocks: on chain each one erases the one before. */
export class SeenCommitments {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** The last block that was searched; null before the first. */
  async scannedTo(): Promise<BlockNumber | null> {
    const row = await this.#database
      .selectFrom("scans")
      .select("block")
      .where("name", "=", SCAN)
      .executeTakeFirst();
    return row === undefined ? null : (row.block as BlockNumber);
  }

  /** Keeps what was found in the blocks up to `scannedTo`, and that they were searched, together. */
  async save(found: readonly SeenCommitment[], scannedTo: BlockNumber): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      if (found.length > 0) {
        await transaction
          .insertInto("seen_commitments")
          .values(found.map(rowOf))
          .onConflict((conflict) =>
            conflict.columns(["hotkey", "block", "extrinsic_index"]).doNothing(),
          )
          .execute();
      }
      await transaction
        .insertInto("scans")
        .values({ name: SCAN, block: scannedTo })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ block: scannedTo }))
        .execute();
    });
  }

  /** All commitments to a run in the order of the chain; the first of each hotkey counts. */
  async ofRun(runId: RunId): Promise<readonly SeenCommitment[]> {
    const rows = await this.#database
      .selectFrom("seen_commitments")
      .selectAll()
      .where("run_id", "=", runId)
      .orderBy("block")
      .orderBy("extrinsic_index")
      .execute();
    return rows.map((row) => ({
      hotkey: row.hotkey as Hotkey,
      block: row.block as BlockNumber,
      extrinsicIndex: row.extrinsic_index,
      blockHash: row.block_hash,
      runId,
      fields: JSON.parse(row.fields) as readonly string[],
    }));
  }
}

const SCAN = "commitments";

const rowOf = (commitment: SeenCommitment) => ({
  hotkey: commitment.hotkey,
  block: commitment.block,
  extrinsic_index: commitment.extrinsicIndex,
  block_hash: commitment.blockHash,
  run_id: commitment.runId,
  fields: JSON.stringify(commitment.fields),
});
