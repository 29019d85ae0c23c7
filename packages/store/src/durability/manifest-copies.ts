import type { BlockNumber } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import { type ManifestRecord, manifestOf } from "../manifests.ts";
import type { Tables } from "../tables.ts";

/**
 * Manifests of files that were stored through other validators. Nobody here has seen their shards
 * stored, so an id is no claim: each owner that names it has a copy of its own.
 */
export class ManifestCopies {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** The copies of a file, one for each who says that it is its own; oldest first. */
  async of(fileId: string): Promise<readonly ManifestRecord[]> {
    const rows = await this.#database
      .selectFrom("manifest_copies")
      .selectAll()
      .where("file_id", "=", fileId)
      .orderBy("created_ms")
      .orderBy("owner")
      .execute();
    return rows.map(manifestOf);
  }

  /**
   * Keeps a copy in place of `before`, which is what was there; false when that is not so any more, or
   * all copies together would have more than `maxBytes`.
   */
  async keep(
    before: ManifestRecord | null,
    { fileId, text, createdMs, expiresBlock, ...who }: ManifestRecord,
    maxBytes: number,
  ): Promise<boolean> {
    const bytes = Buffer.byteLength(text);
    const changes = { custodian: who.custodian, text, bytes, expires_block: expiresBlock };
    const { rows } = await sql<{ total: string | null }>`select sum(bytes) as total
      from manifest_copies where not (file_id = ${fileId} and owner = ${who.owner})`.execute(
      this.#database,
    );
    if (Number(rows[0]?.total ?? 0) + bytes > maxBytes) return false;
    if (before !== null) {
      const changed = await this.#database
        .updateTable("manifest_copies")
        .set(changes)
        .where("file_id", "=", fileId)
        .where("owner", "=", who.owner)
        .where("text", "=", before.text)
        .executeTakeFirst();
      return changed.numUpdatedRows === 1n;
    }
    const added = await this.#database
      .insertInto("manifest_copies")
      .values({ ...changes, file_id: fileId, owner: who.owner, created_ms: createdMs })
      .onConflict((conflict) => conflict.columns(["file_id", "owner"]).doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }

  /** Forgets an owner's copy; whether there was one. */
  async remove(fileId: string, owner: string): Promise<boolean> {
    const gone = await this.#database
      .deleteFrom("manifest_copies")
      .where("file_id", "=", fileId)
      .where("owner", "=", owner)
      .executeTakeFirst();
    return gone.numDeletedRows > 0n;
  }

  /** Forgets what ended before a block. */
  async purge(before: BlockNumber): Promise<void> {
    await this.#database
      .deleteFrom("manifest_copies")
      .where("expires_block", "<", before)
      .execute();
  }
}
