import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** An access key as it is kept: its secret is encrypted by whoever writes it. */
export interface AccessKeyRecord {
  readonly accessKeyId: string;
  readonly owner: string;
  readonly boxedSecret: Uint8Array;
  readonly label: string;
  readonly createdMs: number;
}

/** The access keys of an S3 gateway. */
export class AccessKeys {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Rejects when the id is taken. */
  async add(key: AccessKeyRecord): Promise<void> {
    await this.#database
      .insertInto("access_keys")
      .values({
        access_key_id: key.accessKeyId,
        owner: key.owner,
        boxed_secret: Buffer.from(key.boxedSecret),
        label: key.label,
        created_ms: key.createdMs,
      })
      .execute();
  }

  async find(accessKeyId: string): Promise<AccessKeyRecord | null> {
    const row = await this.#database
      .selectFrom("access_keys")
      .selectAll()
      .where("access_key_id", "=", accessKeyId)
      .executeTakeFirst();
    return row === undefined ? null : recordOf(row);
  }

  /** The oldest first. */
  async list(): Promise<readonly AccessKeyRecord[]> {
    const rows = await this.#database
      .selectFrom("access_keys")
      .selectAll()
      .orderBy("created_ms")
      .orderBy("access_key_id")
      .execute();
    return rows.map(recordOf);
  }

  /** False when there was none. */
  async remove(accessKeyId: string): Promise<boolean> {
    const deleted = await this.#database
      .deleteFrom("access_keys")
      .where("access_key_id", "=", accessKeyId)
      .executeTakeFirst();
    return deleted.numDeletedRows === 1n;
  }
}

const recordOf = (row: Tables["access_keys"]): AccessKeyRecord => ({
  accessKeyId: row.access_key_id,
  owner: row.owner,
  boxedSecret: row.boxed_secret,
  label: row.label,
  createdMs: row.created_ms,
});
