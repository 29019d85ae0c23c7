import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";
import { keyBytes, keyText } from "./keys.ts";

/** An object that somebody else may read. */
export interface SharedObject {
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
  readonly size: number;
}

/** Who besides its owner may read an object; overwriting it changes nothing of that, deleting it ends it. */
export class ObjectGrants {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** False when there is no such object. */
  async grant(bucket: string, key: string, grantee: string, nowMs: number): Promise<boolean> {
    const object = await this.#object(bucket, key);
    if (object === undefined) return false;
    await this.#database
      .insertInto("object_grants")
      .values({ serial: object.serial, grantee, granted_ms: nowMs })
      .onConflict((conflict) => conflict.columns(["serial", "grantee"]).doNothing())
      .execute();
    return true;
  }

  /** False when it was not granted. */
  async revoke(bucket: string, key: string, grantee: string): Promise<boolean> {
    const object = await this.#object(bucket, key);
    if (object === undefined) return false;
    const deleted = await this.#database
      .deleteFrom("object_grants")
      .where("serial", "=", object.serial)
      .where("grantee", "=", grantee)
      .executeTakeFirst();
    return deleted.numDeletedRows === 1n;
  }

  /** Who may read an object, in order. */
  async grantees(bucket: string, key: string): Promise<readonly string[]> {
    const rows = await this.#shared()
      .select("grantee")
      .where("bucket", "=", bucket)
      .where("key", "=", keyBytes(key))
      .orderBy("grantee")
      .execute();
    return rows.map(({ grantee }) => grantee);
  }

  /** Whether an object was granted to somebody. */
  async isGranted(bucket: string, key: string, grantee: string): Promise<boolean> {
    const row = await this.#shared()
      .select("grantee")
      .where("bucket", "=", bucket)
      .where("key", "=", keyBytes(key))
      .where("grantee", "=", grantee)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Objects granted to somebody: of one key, or all, so many at most, the latest first. */
  async grantedTo(
    grantee: string,
    { key, limit }: { readonly key?: string; readonly limit: number },
  ): Promise<readonly SharedObject[]> {
    let query = this.#shared()
      .select(["bucket", "key", "owner", "size"])
      .where("grantee", "=", grantee)
      .orderBy("granted_ms", "desc")
      .limit(limit);
    if (key !== undefined) query = query.where("key", "=", keyBytes(key));
    return (await query.execute()).map((row) => ({ ...row, key: keyText(row.key) }));
  }

  #object(bucket: string, key: string) {
    return this.#database
      .selectFrom("objects")
      .select("serial")
      .where("bucket", "=", bucket)
      .where("key", "=", keyBytes(key))
      .executeTakeFirst();
  }

  #shared() {
    return this.#database
      .selectFrom("object_grants")
      .innerJoin("objects", "objects.serial", "object_grants.serial");
  }
}
