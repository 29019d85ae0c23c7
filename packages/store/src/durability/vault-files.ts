import type { Hex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** A file of an API node on the miners' network. */
export interface VaultFile {
  readonly fileId: Hex;
  /** Hotkey of the validator it was stored through. */
  readonly validator: string;
  /** Bytes before encryption. */
  readonly size: number;
  readonly manifest: string;
  readonly createdMs: number;
}

/** What an API node stored on the network, and where. */
export class VaultFiles {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Notes a file that this node stored. */
  async add({ fileId, createdMs, ...file }: VaultFile): Promise<void> {
    await this.#database
      .insertInto("vault_files")
      .values({ ...file, file_id: fileId, created_ms: createdMs })
      .execute();
  }

  /** Notes the manifest of a file as it is now; of files of other nodes nothing is noted. */
  async update(fileId: Hex, manifest: string): Promise<void> {
    await this.#database
      .updateTable("vault_files")
      .set({ manifest })
      .where("file_id", "=", fileId)
      .execute();
  }

  async get(fileId: Hex): Promise<VaultFile | null> {
    const row = await this.#database
      .selectFrom("vault_files")
      .selectAll()
      .where("file_id", "=", fileId)
      .executeTakeFirst();
    return row === undefined ? null : fileOf(row);
  }

  /** When the last object ends that is made of a file, for those of which no object stays for good. */
  async ends(fileIds: readonly Hex[]): Promise<ReadonlyMap<Hex, number>> {
    if (fileIds.length === 0) return new Map();
    const rows = await this.#database
      .selectFrom("object_parts")
      .innerJoin("objects", "objects.serial", "object_parts.serial")
      .select(["blob", ({ fn }) => fn.max<number>("expires_ms").as("ends_ms")])
      .where("blob", "in", fileIds)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("upload_parts")
              .select("upload_parts.blob")
              .whereRef("upload_parts.blob", "=", "object_parts.blob"),
          ),
        ),
      )
      .groupBy("blob")
      .having(sql<boolean>`bool_and(expires_ms is not null)`)
      .execute();
    return new Map(rows.map(({ blob, ends_ms }) => [blob as Hex, Number(ends_ms)]));
  }

  async remove(fileId: Hex): Promise<void> {
    await this.#database.deleteFrom("vault_files").where("file_id", "=", fileId).execute();
  }

  /** A page of all files, by id, from the one after `after` on. */
  async page(after: string, limit: number): Promise<readonly VaultFile[]> {
    const rows = await this.#database
      .selectFrom("vault_files")
      .selectAll()
      .where("file_id", ">", after)
      .orderBy("file_id")
      .limit(limit)
      .execute();
    return rows.map(fileOf);
  }
}

const fileOf = (row: {
  readonly file_id: string;
  readonly validator: string;
  readonly size: number;
  readonly manifest: string;
  readonly created_ms: number;
}): VaultFile => ({
  fileId: row.file_id as Hex,
  validator: row.validator,
  size: row.size,
  manifest: row.manifest,
  createdMs: row.created_ms,
});
