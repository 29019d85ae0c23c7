import type { ObjectIndex, Upload, UploadPart } from "@neurond/s3";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../tables.ts";
import { keepBlobs, releaseBlobs } from "./blobs.ts";
import { behind, keyBytes, keyText } from "./keys.ts";
import { checksumText, partOf, uploadOf } from "./rows.ts";

export type UploadsQuery = Parameters<ObjectIndex["uploads"]>[1];

/** Multipart uploads under way. */
export class UploadRows {
  readonly #database: Kysely<Tables>;
  readonly #freeAfter: () => number;

  constructor(database: Kysely<Tables>, freeAfter: () => number) {
    this.#database = database;
    this.#freeAfter = freeAfter;
  }

  async create(upload: Upload): Promise<"stored" | "no-bucket"> {
    return this.#database.transaction().execute(async (transaction) => {
      const bucket = await transaction
        .selectFrom("buckets")
        .select("name")
        .where("name", "=", upload.bucket)
        .forKeyShare()
        .executeTakeFirst();
      if (bucket === undefined) return "no-bucket";
      await transaction
        .insertInto("uploads")
        .values({
          upload_id: upload.uploadId,
          bucket: upload.bucket,
          key: keyBytes(upload.key),
          owner: upload.owner,
          initiated_ms: upload.initiatedMs,
          headers: JSON.stringify(upload.headers),
          algorithm: upload.algorithm,
          checksum_type: upload.checksumType,
        })
        .execute();
      return "stored";
    });
  }

  async find(uploadId: string): Promise<Upload | null> {
    const row = await this.#select().where("upload_id", "=", uploadId).executeTakeFirst();
    return row === undefined ? null : uploadOf(row);
  }

  async putPart(uploadId: string, part: UploadPart): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      // Parts of one upload are written side by side, but not beside its end.
      const open = await transaction
        .selectFrom("uploads")
        .select("upload_id")
        .where("upload_id", "=", uploadId)
        .forShare()
        .executeTakeFirst();
      if (open === undefined) return false;
      if (part.blob !== null) await keepBlobs(transaction, [part.blob]);
      const before = await transaction
        .selectFrom("upload_parts")
        .select("blob")
        .where("upload_id", "=", uploadId)
        .where("number", "=", part.number)
        .forUpdate()
        .executeTakeFirst();
      const said = {
        size: part.size,
        etag: part.etag,
        checksum: checksumText(part.checksum),
        modified_ms: part.modifiedMs,
        blob: part.blob,
      };
      const place = { upload_id: uploadId, number: part.number };
      if (before !== undefined) {
        await transaction
          .updateTable("upload_parts")
          .set(said)
          .where("upload_id", "=", uploadId)
          .where("number", "=", part.number)
          .execute();
        const old = before.blob === null ? [] : [before.blob];
        await releaseBlobs(transaction, old, this.#freeAfter());
        return true;
      }
      await transaction
        .insertInto("upload_parts")
        .values({ ...place, ...said })
        .execute();
      return true;
    });
  }

  async parts(uploadId: string, after: number, limit: number): Promise<readonly UploadPart[]> {
    const rows = await this.#database
      .selectFrom("upload_parts")
      .selectAll()
      .where("upload_id", "=", uploadId)
      .where("number", ">", after)
      .orderBy("number")
      .limit(limit)
      .execute();
    return rows.map(partOf);
  }

  async abort(uploadId: string): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const open = await lockUpload(transaction, uploadId);
      if (open === undefined) return false;
      await this.#end(transaction, [uploadId], new Set());
      return true;
    });
  }

  /** Ends all uploads of a bucket. */
  async abortAll(transaction: Transaction<Tables>, bucket: string): Promise<void> {
    const rows = await transaction
      .selectFrom("uploads")
      .select("upload_id")
      .where("bucket", "=", bucket)
      .orderBy("upload_id")
      .forUpdate()
      .execute();
    if (rows.length === 0) return;
    const ids = rows.map((row) => row.upload_id);
    await this.#end(transaction, ids, new Set());
  }

  /** Ends an upload whose named parts go over to an object with the names of their blobs. */
  async take(
    transaction: Transaction<Tables>,
    uploadId: string,
    numbers: readonly number[],
    blobs: readonly string[],
  ): Promise<{ readonly bucket: string; readonly key: string } | "no-upload" | "changed"> {
    const open = await lockUpload(transaction, uploadId);
    if (open === undefined) return "no-upload";
    const rows = await transaction
      .selectFrom("upload_parts")
      .select(["number", "blob"])
      .where("upload_id", "=", uploadId)
      .orderBy("number")
      .execute();
    const wanted = new Set(numbers);
    const found = rows.filter(({ number }) => wanted.has(number));
    const stored = found.flatMap(({ blob }) => (blob === null ? [] : [blob]));
    const isSame = found.length === wanted.size && stored.join("\n") === blobs.join("\n");
    if (!isSame) return "changed";
    await this.#end(transaction, [uploadId], new Set(blobs));
    return { bucket: open.bucket, key: keyText(open.key) };
  }

  async list(bucket: string, { prefix, after, limit }: UploadsQuery): Promise<readonly Upload[]> {
    let query = this.#select()
      .where("bucket", "=", bucket)
      .where("key", ">=", keyBytes(prefix))
      .orderBy("key")
      .orderBy(sql`upload_id collate "C"`)
      .limit(limit);
    const end = behind(prefix);
    if (end !== null) query = query.where("key", "<", end);
    if (after !== null) {
      const key = keyBytes(after.key);
      const { uploadId } = after;
      query = query.where(({ eb, or, and }) =>
        or([
          eb("key", ">", key),
          ...(uploadId === null
            ? []
            : [and([eb("key", "=", key), sql<boolean>`upload_id collate "C" > ${uploadId}`])]),
        ]),
      );
    }
    return (await query.execute()).map(uploadOf);
  }

  async begunBefore(beforeMs: number, limit: number): Promise<readonly string[]> {
    const rows = await this.#database
      .selectFrom("uploads")
      .select("upload_id")
      .where("initiated_ms", "<", beforeMs)
      .orderBy("initiated_ms")
      .limit(limit)
      .execute();
    return rows.map((row) => row.upload_id);
  }

  async #end(
    transaction: Transaction<Tables>,
    uploadIds: readonly string[],
    kept: ReadonlySet<string>,
  ): Promise<void> {
    const parts = await transaction
      .deleteFrom("upload_parts")
      .where("upload_id", "in", uploadIds)
      .returning("blob")
      .execute();
    await transaction.deleteFrom("uploads").where("upload_id", "in", uploadIds).execute();
    const left = parts.flatMap(({ blob }) => (blob === null || kept.has(blob) ? [] : [blob]));
    await releaseBlobs(transaction, left, this.#freeAfter());
  }

  #select() {
    return this.#database.selectFrom("uploads").selectAll();
  }
}

function lockUpload(transaction: Transaction<Tables>, uploadId: string) {
  return transaction
    .selectFrom("uploads")
    .select(["bucket", "key"])
    .where("upload_id", "=", uploadId)
    .forUpdate()
    .executeTakeFirst();
}
