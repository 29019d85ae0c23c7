import type { Hex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** A file that an API node repairs for its owner. */
export interface HeldFile {
  readonly fileId: Hex;
  readonly owner: string;
  /** Hotkey of the validator it was stored through. */
  readonly validator: string;
  /** Bytes after encryption. */
  readonly bytes: number;
  readonly expiresBlock: number;
  readonly takenMs: number;
}

/** How much a node takes on. */
export interface CustodyLimits {
  readonly files: number;
  readonly bytes: number;
  /** Of one owner. */
  readonly filesOfOwner: number;
}

/** The files that an API node took on, which are not its own. */
export class Custody {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Takes a file on, or notes how one stands that was taken before; false when a limit is reached. */
  async take(file: HeldFile, limits: CustodyLimits): Promise<boolean> {
    const { fileId, expiresBlock, takenMs, ...same } = file;
    const row = { ...same, file_id: fileId, expires_block: expiresBlock, taken_ms: takenMs };
    return this.#database.transaction().execute(async (transaction) => {
      // Two that come at once would both find room.
      await sql`select pg_advisory_xact_lock(hashtext('neurond custody'))`.execute(transaction);
      const others = await transaction
        .selectFrom("custody")
        .select(({ fn }) => [
          fn.countAll<string>().as("files"),
          fn.sum<string | null>("bytes").as("bytes"),
          fn.countAll<string>().filterWhere("owner", "=", file.owner).as("own"),
        ])
        .where("file_id", "!=", fileId)
        .executeTakeFirstOrThrow();
      const isFull =
        Number(others.files) >= limits.files ||
        Number(others.bytes ?? 0) + file.bytes > limits.bytes ||
        Number(others.own) >= limits.filesOfOwner;
      if (isFull) return false;
      await transaction
        .insertInto("custody")
        .values(row)
        .onConflict((conflict) => conflict.column("file_id").doUpdateSet(row))
        .execute();
      return true;
    });
  }

  async get(fileId: Hex): Promise<HeldFile | null> {
    const row = await this.#database
      .selectFrom("custody")
      .selectAll()
      .where("file_id", "=", fileId)
      .executeTakeFirst();
    return row === undefined ? null : heldOf(row);
  }

  /** Which of these files were taken on. */
  async among(fileIds: readonly Hex[]): Promise<ReadonlySet<Hex>> {
    if (fileIds.length === 0) return new Set();
    const rows = await this.#database
      .selectFrom("custody")
      .select("file_id")
      .where("file_id", "in", fileIds)
      .execute();
    return new Set(rows.map(({ file_id }) => file_id as Hex));
  }

  /** Notes when a file ends, if it was taken on. */
  async prolong(fileId: Hex, expiresBlock: number): Promise<void> {
    await this.#database
      .updateTable("custody")
      .set({ expires_block: expiresBlock })
      .where("file_id", "=", fileId)
      .execute();
  }

  /** Files whose time was over at a block, as far as we know. */
  async overdue(block: number, limit: number): Promise<readonly HeldFile[]> {
    const rows = await this.#database
      .selectFrom("custody")
      .selectAll()
      .where("expires_block", "<=", block)
      .orderBy("expires_block")
      .orderBy("file_id")
      .limit(limit)
      .execute();
    return rows.map(heldOf);
  }

  /** Gives a file back; whether it was taken on. */
  async release(fileId: Hex): Promise<boolean> {
    const gone = await this.#database
      .deleteFrom("custody")
      .where("file_id", "=", fileId)
      .executeTakeFirst();
    return gone.numDeletedRows > 0n;
  }

  /** How many files and bytes. */
  async standing(): Promise<{ readonly files: number; readonly bytes: number }> {
    const row = await this.#database
      .selectFrom("custody")
      .select(({ fn }) => [
        fn.countAll<string>().as("files"),
        fn.sum<string | null>("bytes").as("bytes"),
      ])
      .executeTakeFirstOrThrow();
    return { files: Number(row.files), bytes: Number(row.bytes ?? 0) };
  }
}

const heldOf = (row: {
  readonly file_id: string;
  readonly owner: string;
  readonly validator: string;
  readonly bytes: number;
  readonly expires_block: number;
  readonly taken_ms: number;
}): HeldFile => ({
  fileId: row.file_id as Hex,
  owner: row.owner,
  validator: row.validator,
  bytes: row.bytes,
  expiresBlock: row.expires_block,
  takenMs: row.taken_ms,
});
