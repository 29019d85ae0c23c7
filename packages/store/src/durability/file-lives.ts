import { type BlockNumber, fromHex, type Hex, type Hotkey, toHex } from "@neurond/primitives";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../tables.ts";

/** A shard whose miner is to forget it, or whose deletion is to be logged. */
export interface DeletedShard {
  readonly shardId: Hex;
  readonly miner: Hotkey;
  readonly fileId: Hex;
}

/** A shard of a file with what both sides signed for it. */
export interface OwnedShard {
  readonly shardId: Hex;
  readonly miner: Hotkey;
  readonly sizeBytes: number;
  readonly expiresBlock: BlockNumber;
  readonly receipt: string;
}

/** Beginning and end of the files a validator keeps: who began them, what was deleted, what expired. */
export class FileLives {
  readonly #database: Kysely<Tables>;
  readonly #validator: Hotkey;

  constructor(database: Kysely<Tables>, validator: Hotkey) {
    this.#database = database;
    this.#validator = validator;
  }

  /** Who may add to a file and end it: whoever asks first. */
  async claim(fileId: Hex, owner: Hotkey, block: BlockNumber): Promise<Hotkey> {
    await this.#database
      .insertInto("file_owners")
      .values({ file_id: fileId, owner, claimed_block: block })
      .onConflict((conflict) => conflict.column("file_id").doNothing())
      .execute();
    return (await this.ownerOf(fileId)) ?? owner;
  }

  async ownerOf(fileId: Hex): Promise<Hotkey | null> {
    const row = await this.#database
      .selectFrom("file_owners")
      .select("owner")
      .where("file_id", "=", fileId)
      .executeTakeFirst();
    return row === undefined ? null : (row.owner as Hotkey);
  }

  /** The shards of a file, of every generation. */
  async shardsOf(fileId: Hex): Promise<readonly OwnedShard[]> {
    const rows = await this.#database
      .selectFrom("shards")
      .select(["shard_id", "miner", "size_bytes", "expires_block", "receipt"])
      .where("validator", "=", this.#validator)
      .where("file_id", "=", fileId)
      .orderBy("shard_id")
      .execute();
    return rows.map((row) => ({
      shardId: toHex(row.shard_id),
      miner: row.miner as Hotkey,
      sizeBytes: row.size_bytes,
      expiresBlock: row.expires_block as BlockNumber,
      receipt: row.receipt,
    }));
  }

  /** Takes a file out of everything that is owed, at once; the bytes that frees. */
  async remove(fileId: Hex, block: BlockNumber): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      const bytes = await this.#moveShards(transaction, [fileId], block);
      await transaction.deleteFrom("manifests").where("file_id", "=", fileId).execute();
      await transaction.deleteFrom("file_owners").where("file_id", "=", fileId).execute();
      return bytes;
    });
  }

  /** Files that were begun before a block and never got a manifest. */
  async abandoned(before: BlockNumber, limit: number): Promise<readonly Hex[]> {
    const rows = await this.#database
      .selectFrom("file_owners")
      .select("file_id")
      .where("claimed_block", "<", before)
      .where("file_id", "not in", (query) => query.selectFrom("manifests").select("file_id"))
      .orderBy("file_id")
      .limit(limit)
      .execute();
    return rows.map(({ file_id }) => file_id as Hex);
  }

  /** Puts a renewed receipt in the place of the one before. */
  async renew(
    shardId: Hex,
    { at, expires }: { readonly at: BlockNumber; readonly expires: BlockNumber },
    receipt: string,
  ): Promise<void> {
    await this.#database
      .updateTable("shards")
      .set({ receipt, expires_block: expires, renewed_block: at })
      .where("validator", "=", this.#validator)
      .where("shard_id", "=", Buffer.from(fromHex(shardId)))
      .where("expires_block", "<=", expires)
      .execute();
  }

  /** Forgets what expired before a block: files, shards and receipts; the bytes that frees. */
  async purge(before: BlockNumber): Promise<{ readonly files: number; readonly bytes: number }> {
    return this.#database.transaction().execute(async (transaction) => {
      const files = await transaction
        .deleteFrom("manifests")
        .where("expires_block", "<", before)
        .returning("file_id")
        .execute();
      const shards = await transaction
        .deleteFrom("shards")
        .where("expires_block", "<", before)
        .returning("size_bytes")
        .execute();
      await transaction.deleteFrom("deleted_shards").where("expires_block", "<", before).execute();
      if (files.length > 0) {
        const ids = files.map(({ file_id }) => file_id);
        await transaction.deleteFrom("file_owners").where("file_id", "in", ids).execute();
      }
      const bytes = shards.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
      return { files: files.length, bytes };
    });
  }

  /** A miner may have taken a shard of which we have no receipt: it is to forget it. */
  async orphaned(
    shard: DeletedShard & { readonly sizeBytes: number },
    { at, expires }: { readonly at: BlockNumber; readonly expires: BlockNumber },
  ): Promise<void> {
    await this.#database
      .insertInto("deleted_shards")
      .values({
        ...{ shard_id: Buffer.from(fromHex(shard.shardId)), validator: this.#validator },
        ...{ miner: shard.miner, file_id: shard.fileId, size_bytes: shard.sizeBytes },
        // Nothing was signed by both sides: there is nothing to log.
        ...{ receipt: "", expires_block: expires, deleted_block: at, logged: true },
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /**
   * Deleted shards whose miners do not know yet, those seldom tried first: of one file, or of any that
   * were deleted up to a block. One that was stored once more meanwhile stays.
   */
  async untold(
    limit: number,
    which: { readonly fileId: Hex } | { readonly upTo: BlockNumber },
  ): Promise<readonly DeletedShard[]> {
    const all = this.#deleted()
      .where("told", "=", false)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("shards")
              .select("shards.shard_id")
              .whereRef("shards.shard_id", "=", "deleted_shards.shard_id")
              .whereRef("shards.validator", "=", "deleted_shards.validator"),
          ),
        ),
      )
      .orderBy("tries")
      .limit(limit);
    const some =
      "fileId" in which
        ? all.where("file_id", "=", which.fileId)
        : all.where("deleted_block", "<=", which.upTo);
    return (await some.execute()).map(deletedOf);
  }

  /** Says whether a miner was told. */
  async told({ shardId, miner }: DeletedShard, isTold: boolean): Promise<void> {
    await this.#database
      .updateTable("deleted_shards")
      .set({ told: isTold, tries: sql<number>`tries + 1` })
      .where("validator", "=", this.#validator)
      .where("miner", "=", miner)
      .where("shard_id", "=", Buffer.from(fromHex(shardId)))
      .execute();
  }

  /** Deletions that the log does not say yet. */
  async unlogged(limit: number): Promise<readonly DeletedShard[]> {
    const rows = await this.#deleted()
      .where("logged", "=", false)
      .orderBy("file_id")
      .orderBy("miner")
      .orderBy("shard_id")
      .limit(limit)
      .execute();
    return rows.map(deletedOf);
  }

  /** Says that the log has them. */
  async logged(shards: readonly DeletedShard[]): Promise<void> {
    if (shards.length === 0) return;
    await this.#database
      .updateTable("deleted_shards")
      .set({ logged: true })
      .where("validator", "=", this.#validator)
      .where(
        "shard_id",
        "in",
        shards.map(({ shardId }) => Buffer.from(fromHex(shardId))),
      )
      .execute();
  }

  #deleted() {
    return this.#database
      .selectFrom("deleted_shards")
      .select(["shard_id", "miner", "file_id"])
      .where("validator", "=", this.#validator);
  }

  async #moveShards(
    transaction: Transaction<Tables>,
    fileIds: readonly Hex[],
    block: BlockNumber,
  ): Promise<number> {
    const moved = await transaction
      .deleteFrom("shards")
      .where("validator", "=", this.#validator)
      .where("file_id", "in", fileIds)
      .returningAll()
      .execute();
    for (let at = 0; at < moved.length; at += 1000) {
      const rows = moved
        .slice(at, at + 1000)
        .map(({ root: _, stored_block: __, renewed_block: ___, ...row }) => ({
          ...row,
          deleted_block: block,
        }));
      await transaction
        .insertInto("deleted_shards")
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    return moved.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  }
}

const deletedOf = (row: {
  readonly shard_id: Uint8Array;
  readonly miner: string;
  readonly file_id: string;
}): DeletedShard => ({
  shardId: toHex(row.shard_id),
  miner: row.miner as Hotkey,
  fileId: row.file_id as Hex,
});
