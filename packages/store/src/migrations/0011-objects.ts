import { type Kysely, sql } from "kysely";

/** Objects of an API node: which blobs stand under which name, uploads under way, and what is to go. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("buckets")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("created_ms", "bigint", (column) => column.notNull())
    .execute();
  await schema.createIndex("buckets_owner").on("buckets").columns(["owner", "name"]).execute();
  await schema
    .createTable("objects")
    .addColumn("serial", "bigint", (column) => column.generatedAlwaysAsIdentity().unique())
    .addColumn("bucket", "text", (column) => column.notNull().references("buckets.name"))
    // Bytes, so that order and prefixes are those of S3 whatever the collation, and any text is a key.
    .addColumn("key", "bytea", (column) => column.notNull())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addColumn("etag", "text", (column) => column.notNull())
    .addColumn("modified_ms", "bigint", (column) => column.notNull())
    .addColumn("headers", "text", (column) => column.notNull())
    .addColumn("checksum", "text")
    .addColumn("upload_id", "text")
    .addColumn("expires_ms", "bigint")
    .addPrimaryKeyConstraint("objects_pkey", ["bucket", "key"])
    .execute();
  await sql`create index objects_upload on objects (upload_id) where upload_id is not null`.execute(
    database,
  );
  await sql`create index objects_expiry on objects (expires_ms) where expires_ms is not null`.execute(
    database,
  );
  await schema
    .createTable("object_parts")
    .addColumn("serial", "bigint", (column) =>
      column.notNull().references("objects.serial").onDelete("cascade"),
    )
    .addColumn("index", "integer", (column) => column.notNull())
    .addColumn("blob", "text", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("object_parts_pkey", ["serial", "index"])
    .execute();
  await schema
    .createTable("object_grants")
    .addColumn("serial", "bigint", (column) =>
      column.notNull().references("objects.serial").onDelete("cascade"),
    )
    .addColumn("grantee", "text", (column) => column.notNull())
    .addColumn("granted_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("object_grants_pkey", ["serial", "grantee"])
    .execute();
  await schema
    .createIndex("object_grants_grantee")
    .on("object_grants")
    .columns(["grantee", "serial"])
    .execute();
  await addUploads(database);
  await schema
    .createTable("blobs")
    .addColumn("blob", "text", (column) => column.primaryKey())
    .addColumn("refs", "integer", (column) => column.notNull())
    .addColumn("free_after_ms", "bigint")
    .addColumn("failures", "integer", (column) => column.notNull().defaultTo(0))
    .addCheckConstraint("blobs_refs", sql`refs > 0 or (refs = 0 and free_after_ms is not null)`)
    .execute();
  await sql`create index blobs_free on blobs (free_after_ms) where refs = 0`.execute(database);
  await schema
    .createTable("access_keys")
    .addColumn("access_key_id", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("boxed_secret", "bytea", (column) => column.notNull())
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("created_ms", "bigint", (column) => column.notNull())
    .execute();
}

async function addUploads(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("uploads")
    .addColumn("upload_id", "text", (column) => column.primaryKey())
    .addColumn("bucket", "text", (column) => column.notNull().references("buckets.name"))
    .addColumn("key", "bytea", (column) => column.notNull())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("initiated_ms", "bigint", (column) => column.notNull())
    .addColumn("headers", "text", (column) => column.notNull())
    .addColumn("algorithm", "text")
    .addColumn("checksum_type", "text", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("uploads_place")
    .on("uploads")
    .columns(["bucket", "key", "upload_id"])
    .execute();
  await schema.createIndex("uploads_age").on("uploads").column("initiated_ms").execute();
  await schema
    .createTable("upload_parts")
    .addColumn("upload_id", "text", (column) =>
      column.notNull().references("uploads.upload_id").onDelete("cascade"),
    )
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addColumn("etag", "text", (column) => column.notNull())
    .addColumn("checksum", "text")
    .addColumn("modified_ms", "bigint", (column) => column.notNull())
    .addColumn("blob", "text")
    .addPrimaryKeyConstraint("upload_parts_pkey", ["upload_id", "number"])
    .execute();
}
