import { type BlockNumber, fromHex, type Hex, type Hotkey, toHex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** Why a shard does not count. */
export type LossReason = "departed" | "failing" | "damaged" | "expired";

/** A shard that does not count any more. */
export interface LostShard {
  readonly shardId: Hex;
  readonly fileId: Hex;
  readonly reason: LossReason;
}

/** Which miners are there, and which shards are not. */
export class MinerPresence {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** The block of the last look at the subnet; -1 before the first. */
  async lookedAt(): Promise<number> {
    const row = await this.#database
      .selectFrom("miner_presence")
      .select((table) => table.fn.max("seen_block").as("block"))
      .executeTakeFirst();
    return row?.block ?? -1;
  }

  /**
   * Notes the whole subnet at a block. Hotkeys that were there and are not any more have departed;
   * one that comes back begins anew, for its shards went with it. Returns how many departed.
   */
  async look(
    neurons: readonly { readonly hotkey: Hotkey; readonly uid: number }[],
    block: BlockNumber,
  ): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      for (let at = 0; at < neurons.length; at += 1000) {
        await transaction
          .insertInto("miner_presence")
          .values(
            neurons.slice(at, at + 1000).map(({ hotkey, uid }) => {
              return { miner: hotkey, uid, seen_block: block, departed_block: null };
            }),
          )
          .onConflict((conflict) =>
            conflict
              .column("miner")
              .doUpdateSet((row) => ({
                uid: row.ref("excluded.uid"),
                seen_block: row.ref("excluded.seen_block"),
              }))
              .where("miner_presence.seen_block", "<", block),
          )
          .execute();
      }
      const gone = await transaction
        .updateTable("miner_presence")
        .set({ departed_block: block })
        .where("seen_block", "<", block)
        .where(sql<boolean>`(departed_block is null or departed_block <= seen_block)`)
        .executeTakeFirst();
      return Number(gone.numUpdatedRows);
    });
  }

  /** Notes of a run which miners passed nothing, and which did; each run counts once. */
  async judge(run: number, verdicts: ReadonlyMap<Hotkey, boolean>): Promise<void> {
    for (const [miner, isPassed] of verdicts) {
      await this.#database
        .updateTable("miner_presence")
        .set({ bad_runs: isPassed ? 0 : sql<number>`bad_runs + 1`, judged_run: run })
        .where("miner", "=", miner)
        .where("judged_run", "<", run)
        .execute();
    }
  }

  /** Notes that a shard did not come back as it was. */
  async damaged(shardId: Hex, reason: string, nowMs: number): Promise<void> {
    await this.#database
      .insertInto("shard_faults")
      .values({ shard_id: Buffer.from(fromHex(shardId)), reason, found_ms: nowMs })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /**
   * The shards of files that do not count. A miner is failing after `badRuns` runs in a row without
   * one passed challenge.
   */
  async lostOf(
    validator: Hotkey,
    fileIds: readonly Hex[],
    { at, badRuns }: { readonly at: BlockNumber; readonly badRuns: number },
  ): Promise<readonly LostShard[]> {
    if (fileIds.length === 0) return [];
    const rows = await this.#database
      .selectFrom("shards")
      .leftJoin("miner_presence", "miner_presence.miner", "shards.miner")
      .leftJoin("shard_faults", "shard_faults.shard_id", "shards.shard_id")
      .where("shards.validator", "=", validator)
      .where("shards.file_id", "in", fileIds)
      .select((row) => [
        "shards.shard_id as shard_id",
        "shards.file_id as file_id",
        row
          .case()
          .when("shards.expires_block", "<=", at)
          .then("expired")
          // A hotkey that came back after it left has none of what it held before.
          .when(sql<boolean>`departed_block is not null and stored_block <= departed_block`)
          .then("departed")
          .when("shard_faults.shard_id", "is not", null)
          .then("damaged")
          .when("miner_presence.bad_runs", ">=", badRuns)
          .then("failing")
          .end()
          .as("reason"),
      ])
      .execute();
    return rows.flatMap(({ shard_id, file_id, reason }) =>
      reason === null
        ? []
        : [{ shardId: toHex(shard_id), fileId: file_id as Hex, reason: reason as LossReason }],
    );
  }
}
