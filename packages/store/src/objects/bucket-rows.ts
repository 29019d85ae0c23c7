import type { Bucket } from "@neurond/s3";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../tables.ts";

/** Buckets: names that owners have. */
export class BucketRows {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  async create({ name, owner, createdMs }: Bucket, maxPerOwner: number) {
    return this.#database.transaction().execute(async (transaction) => {
      const own = await transaction
        .selectFrom("buckets")
        .select("name")
        .where("owner", "=", owner)
        .execute();
      if (own.length >= maxPerOwner && !own.some((bucket) => bucket.name === name)) {
        return "too-many";
      }
      const added = await transaction
        .insertInto("buckets")
        .values({ name, owner, created_ms: createdMs })
        .onConflict((conflict) => conflict.column("name").doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows === 1n ? "created" : "exists";
    });
  }

  async find(name: string): Promise<Bucket | null> {
    const row = await this.#select().where("name", "=", name).executeTakeFirst();
    return row === undefined ? null : bucketOf(row);
  }

  /** By name, in the order of bytes. */
  async of(owner: string): Promise<readonly Bucket[]> {
    const rows = await this.#select().where("owner", "=", owner).execute();
    return rows.map(bucketOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Deletes an empty bucket; `before` ends what else there is in it. */
  async delete(name: string, before: (transaction: Transaction<Tables>) => Promise<void>) {
    return this.#database.transaction().execute(async (transaction) => {
      const found = await transaction
        .selectFrom("buckets")
        .select("name")
        .where("name", "=", name)
        .forUpdate()
        .executeTakeFirst();
      if (found === undefined) return "missing";
      const object = await transaction
        .selectFrom("objects")
        .select("serial")
        .where("bucket", "=", name)
        .limit(1)
        .executeTakeFirst();
      if (object !== undefined) return "not-empty";
      await before(transaction);
      await transaction.deleteFrom("buckets").where("name", "=", name).execute();
      return "deleted";
    });
  }

  #select() {
    return this.#database.selectFrom("buckets").selectAll();
  }
}

const bucketOf = (row: Tables["buckets"]): Bucket => ({
  name: row.name,
  owner: row.owner,
  createdMs: row.created_ms,
});
