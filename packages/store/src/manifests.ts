import type { BlockNumber } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** How a stored file is put together again, as its owner signed or sealed it. */
export interface ManifestRecord {
  readonly fileId: string;
  /** Whoever may list it, by public name. */
  readonly owner: string;
  /** Who repairs it; null when nobody but the owner can. */
  readonly custodian: string | null;
  readonly text: string;
  readonly createdMs: number;
  readonly expiresBlock: BlockNumber;
}

/** The manifests a validator keeps for its clients. */
export class Manifests {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Adds a manifest; false when the file has one already, and then nothing changes. */
  async add(manifest: ManifestRecord): Promise<boolean> {
    const added = await this.#database
      .insertInto("manifests")
      .values({
        file_id: manifest.fileId,
        owner: manifest.owner,
        custodian: manifest.custodian,
        text: manifest.text,
        created_ms: manifest.createdMs,
        expires_block: manifest.expiresBlock,
      })
      .onConflict((conflict) => conflict.column("file_id").doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }

  /** Puts another text in a manifest's place; false when it is not `before` any more. */
  async replace(before: ManifestRecord, after: ManifestRecord): Promise<boolean> {
    const changed = await this.#database
      .updateTable("manifests")
      .set({
        text: after.text,
        custodian: after.custodian,
        expires_block: after.expiresBlock,
      })
      .where("file_id", "=", before.fileId)
      .where("text", "=", before.text)
      .executeTakeFirst();
    return changed.numUpdatedRows === 1n;
  }

  async get(fileId: string): Promise<ManifestRecord | null> {
    const row = await this.#select().where("file_id", "=", fileId).executeTakeFirst();
    return row === undefined ? null : manifestOf(row);
  }

  /** An owner's files, newest first. */
  async ofOwner(owner: string, limit: number): Promise<readonly ManifestRecord[]> {
    const rows = await this.#select()
      .where("owner", "=", owner)
      .orderBy("created_ms", "desc")
      .orderBy("file_id")
      .limit(limit)
      .execute();
    return rows.map(manifestOf);
  }

  /** A page of the files that a custodian repairs, by id, from the one after `after` on. */
  async ofCustodian(
    custodian: string,
    after: string,
    limit: number,
  ): Promise<readonly ManifestRecord[]> {
    const rows = await this.#select()
      .where("custodian", "=", custodian)
      .where("file_id", ">", after)
      .orderBy("file_id")
      .limit(limit)
      .execute();
    return rows.map(manifestOf);
  }

  #select() {
    return this.#database.selectFrom("manifests").selectAll();
  }
}

/** A row as a record: of a manifest, or of a copy of one. */
export function manifestOf(row: {
  readonly file_id: string;
  readonly owner: string;
  readonly custodian: string | null;
  readonly text: string;
  readonly created_ms: number;
  readonly expires_block: number;
}): ManifestRecord {
  return {
    fileId: row.file_id,
    owner: row.owner,
    custodian: row.custodian,
    text: row.text,
    createdMs: row.created_ms,
    expiresBlock: row.expires_block as BlockNumber,
  };
}
