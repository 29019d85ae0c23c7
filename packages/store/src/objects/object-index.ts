import type {
  Bucket,
  ListQuery,
  NewObject,
  ObjectIndex,
  PutCondition,
  PutResult,
  StoredObject,
  Upload,
  UploadPart,
} from "@neurond/s3";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../tables.ts";
import { keepBlobs, releaseBlobs, shareBlobs } from "./blobs.ts";
import { BucketRows } from "./bucket-rows.ts";
import { behind, keyBytes, keyText } from "./keys.ts";
import { putRow } from "./put-row.ts";
import { objectOf } from "./rows.ts";
import { UploadRows, type UploadsQuery } from "./upload-rows.ts";

export interface ObjectIndexOptions {
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** How long blobs without a name stay: who began to read one shall end. */
  readonly graceMs?: number;
}

/** The index of objects in Postgres: every write is one transaction, durable when it returns. */
export class PostgresObjectIndex implements ObjectIndex {
  readonly #database: Kysely<Tables>;
  readonly #buckets: BucketRows;
  readonly #uploads: UploadRows;
  readonly #freeAfter: () => number;

  constructor(
    database: Kysely<Tables>,
    { now = Date.now, graceMs = 600_000 }: ObjectIndexOptions = {},
  ) {
    this.#database = database;
    this.#freeAfter = () => now() + graceMs;
    this.#buckets = new BucketRows(database);
    this.#uploads = new UploadRows(database, this.#freeAfter);
  }

  async createBucket(bucket: Bucket, maxPerOwner: number) {
    return this.#buckets.create(bucket, maxPerOwner);
  }

  async bucket(name: string) {
    return this.#buckets.find(name);
  }

  async buckets(owner: string) {
    return this.#buckets.of(owner);
  }

  async deleteBucket(name: string) {
    return this.#buckets.delete(name, (transaction) => this.#uploads.abortAll(transaction, name));
  }

  async object(bucket: string, key: string): Promise<StoredObject | null> {
    return this.#find((query) =>
      query.where("bucket", "=", bucket).where("key", "=", keyBytes(key)),
    );
  }

  async completed(uploadId: string): Promise<StoredObject | null> {
    return this.#find((query) => query.where("upload_id", "=", uploadId));
  }

  async putObject(bucket: string, key: string, object: NewObject, condition?: PutCondition) {
    return this.#put(async (transaction) => {
      await keepBlobs(transaction, blobsOf(object));
      return putRow(transaction, this.#place(bucket, key, condition), object);
    });
  }

  async copyObject(bucket: string, key: string, object: NewObject, condition?: PutCondition) {
    return this.#put(async (transaction) => {
      if (!(await shareBlobs(transaction, blobsOf(object)))) return "no-blob";
      return putRow(transaction, this.#place(bucket, key, condition), object);
    });
  }

  async deleteObject(bucket: string, key: string): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom("objects")
        .select("serial")
        .where("bucket", "=", bucket)
        .where("key", "=", keyBytes(key))
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) return false;
      const parts = await transaction
        .deleteFrom("object_parts")
        .where("serial", "=", row.serial)
        .returning("blob")
        .execute();
      await transaction.deleteFrom("objects").where("serial", "=", row.serial).execute();
      const blobs = parts.map(({ blob }) => blob);
      await releaseBlobs(transaction, blobs, this.#freeAfter());
      return true;
    });
  }

  async list(bucket: string, { prefix, start, limit }: ListQuery) {
    let query = this.#database
      .selectFrom("objects")
      .select(["key", "size", "etag", "modified_ms", "owner"])
      .where("bucket", "=", bucket)
      .where("key", ">=", keyBytes(prefix))
      .orderBy("key")
      .limit(limit);
    const end = behind(prefix);
    if (end !== null) query = query.where("key", "<", end);
    if (start !== null && "after" in start) query = query.where("key", ">", keyBytes(start.after));
    if (start !== null && "past" in start) {
      const from = behind(start.past);
      if (from === null) return [];
      query = query.where("key", ">=", from);
    }
    const rows = await query.execute();
    return rows.map(({ key, modified_ms: modifiedMs, ...row }) => {
      return { key: keyText(key), modifiedMs, ...row };
    });
  }

  async createUpload(upload: Upload) {
    return this.#uploads.create(upload);
  }

  async upload(uploadId: string) {
    return this.#uploads.find(uploadId);
  }

  async putPart(uploadId: string, part: UploadPart) {
    return this.#uploads.putPart(uploadId, part);
  }

  async parts(uploadId: string, after: number, limit: number) {
    return this.#uploads.parts(uploadId, after, limit);
  }

  async abortUpload(uploadId: string) {
    return this.#uploads.abort(uploadId);
  }

  async completeUpload(
    uploadId: string,
    numbers: readonly number[],
    object: NewObject,
    condition?: PutCondition,
  ) {
    return this.#put(async (transaction) => {
      const taken = await this.#uploads.take(transaction, uploadId, numbers, blobsOf(object));
      if (typeof taken === "string") return taken;
      const place = this.#place(taken.bucket, taken.key, condition, uploadId);
      return putRow(transaction, place, object);
    });
  }

  async uploads(bucket: string, query: UploadsQuery) {
    return this.#uploads.list(bucket, query);
  }

  /** Uploads that were begun before a time, oldest first: whoever left them may have died. */
  async abandoned(beforeMs: number, limit: number): Promise<readonly string[]> {
    return this.#uploads.begunBefore(beforeMs, limit);
  }

  /** Objects whose time is over, so many at most. */
  async expired(
    nowMs: number,
    limit: number,
  ): Promise<readonly { readonly bucket: string; readonly key: string }[]> {
    const rows = await this.#database
      .selectFrom("objects")
      .select(["bucket", "key"])
      .where("expires_ms", "<=", nowMs)
      .orderBy("expires_ms")
      .limit(limit)
      .execute();
    return rows.map(({ bucket, key }) => ({ bucket, key: keyText(key) }));
  }

  async discard(blobs: readonly string[]): Promise<void> {
    if (blobs.length === 0) return;
    const freeAfterMs = this.#freeAfter();
    await this.#database
      .insertInto("blobs")
      .values(blobs.map((blob) => ({ blob, refs: 0, free_after_ms: freeAfterMs })))
      .onConflict((conflict) => conflict.column("blob").doNothing())
      .execute();
  }

  #place(bucket: string, key: string, condition?: PutCondition, uploadId: string | null = null) {
    return { bucket, key, uploadId, condition, freeAfterMs: this.#freeAfter() };
  }

  /** A write that was not made is rolled back whole. */
  async #put<Result extends PutResult | "no-upload" | "changed">(
    write: (transaction: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.#database.transaction().execute(async (transaction) => {
        const result = await write(transaction);
        if (result !== "stored") throw new NotStored(result);
        return result;
      });
    } catch (error) {
      if (error instanceof NotStored) return error.result as Result;
      throw error;
    }
  }

  async #find(
    narrow: (query: ReturnType<typeof selectObjects>) => ReturnType<typeof selectObjects>,
  ): Promise<StoredObject | null> {
    // One snapshot: parts of one version never go with the head of another.
    return this.#database
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute(async (transaction) => {
        const row = await narrow(selectObjects(transaction)).executeTakeFirst();
        if (row === undefined) return null;
        const parts = await transaction
          .selectFrom("object_parts")
          .select(["blob", "size"])
          .where("serial", "=", row.serial)
          .orderBy("index")
          .execute();
        return objectOf(row, parts);
      });
  }
}

/** Ends a transaction without committing it. */
class NotStored extends Error {
  readonly result: string;

  constructor(result: string) {
    super(result);
    this.result = result;
  }
}

const selectObjects = (database: Kysely<Tables>) => database.selectFrom("objects").selectAll();

const blobsOf = ({ parts }: NewObject) => parts.map(({ blob }) => blob);
