import type { NewObject, PutCondition, PutResult } from "@neurond/s3";
import type { Transaction } from "kysely";
import type { Tables } from "../tables.ts";
import { releaseBlobs } from "./blobs.ts";
import { keyBytes } from "./keys.ts";
import { checksumText } from "./rows.ts";

/** Where an object is put, and what becomes of the one before it. */
export interface PutPlace {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string | null;
  readonly condition: PutCondition | undefined;
  /** When blobs of the object before it may be removed. */
  readonly freeAfterMs: number;
}

/**
 * Writes an object whose blobs have their names already, and takes theirs from those of the object that
 * stood there. Whatever it returns but "stored", the transaction must not commit.
 */
export async function putRow(
  transaction: Transaction<Tables>,
  { bucket, key, uploadId, condition = {}, freeAfterMs }: PutPlace,
  object: NewObject,
): Promise<PutResult> {
  const place = { bucket, key: keyBytes(key) };
  const open = await transaction
    .selectFrom("buckets")
    .select("name")
    .where("name", "=", bucket)
    .forKeyShare()
    .executeTakeFirst();
  if (open === undefined) return "no-bucket";
  const before = await transaction
    .selectFrom("objects")
    .select("etag")
    .where("bucket", "=", bucket)
    .where("key", "=", place.key)
    .forUpdate()
    .executeTakeFirst();
  const failure = failureOf(condition, before);
  if (failure !== null) return failure;
  const said = {
    owner: object.owner,
    size: object.size,
    etag: object.etag,
    modified_ms: object.modifiedMs,
    headers: JSON.stringify(object.headers),
    checksum: checksumText(object.checksum),
    upload_id: uploadId,
    expires_ms: object.expiresMs ?? null,
  };
  const row = await transaction
    .insertInto("objects")
    .values({ ...place, ...said })
    .onConflict((conflict) =>
      condition.ifAbsent
        ? conflict.columns(["bucket", "key"]).doNothing()
        : conflict.columns(["bucket", "key"]).doUpdateSet(said),
    )
    .returning("serial")
    .executeTakeFirst();
  // Another writer was first, between our look and our insert.
  if (row === undefined) return "precondition-failed";
  const { serial } = row;
  const old = await transaction
    .deleteFrom("object_parts")
    .where("serial", "=", serial)
    .returning("blob")
    .execute();
  await releaseBlobs(
    transaction,
    old.map(({ blob }) => blob),
    freeAfterMs,
  );
  const parts = object.parts.map((part, index) => ({ serial, index, ...part }));
  if (parts.length > 0) await transaction.insertInto("object_parts").values(parts).execute();
  return "stored";
}

function failureOf(
  { ifAbsent, ifMatch }: PutCondition,
  before: { readonly etag: string } | undefined,
): PutResult | null {
  if (ifAbsent && before) return "precondition-failed";
  if (ifMatch === undefined) return null;
  if (before === undefined) return "no-object";
  return ifMatch === "*" || ifMatch === before.etag ? null : "precondition-failed";
}
