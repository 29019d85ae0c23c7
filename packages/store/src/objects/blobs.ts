import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../tables.ts";

/** A statement has so many parameters at most, and a blob takes four. */
const BATCH = 10_000;

/** Gives new blobs their first name. */
export async function keepBlobs(
  transaction: Transaction<Tables>,
  blobs: readonly string[],
): Promise<void> {
  for (const batch of batches(blobs)) {
    await transaction
      .insertInto("blobs")
      .values(batch.map((blob) => ({ blob, refs: 1, free_after_ms: null })))
      .onConflict((conflict) =>
        conflict
          .column("blob")
          .doUpdateSet({ refs: sql<number>`blobs.refs + 1`, free_after_ms: null }),
      )
      .execute();
  }
}

/** Gives blobs another name; false, changing nothing that matters, when one of them has none any more. */
export async function shareBlobs(
  transaction: Transaction<Tables>,
  blobs: readonly string[],
): Promise<boolean> {
  for (const batch of batches(blobs)) {
    const locked = await lock(transaction, batch);
    if (locked.some(({ refs }) => refs === 0) || locked.length < batch.length) return false;
    await transaction
      .updateTable("blobs")
      .set({ refs: sql<number>`refs + 1` })
      .where("blob", "in", batch)
      .execute();
  }
  return true;
}

/** Takes one name from blobs; those without any are free at a time. */
export async function releaseBlobs(
  transaction: Transaction<Tables>,
  blobs: readonly string[],
  freeAfterMs: number,
): Promise<void> {
  for (const batch of batches(blobs)) {
    await lock(transaction, batch);
    await transaction
      .updateTable("blobs")
      .set({
        refs: sql<number>`refs - 1`,
        free_after_ms: sql<number | null>`case when refs = 1 then ${freeAfterMs}::bigint end`,
      })
      .where("blob", "in", batch)
      .execute();
  }
}

/** Always in the same order, so that writers wait for each other instead of failing. */
function lock(transaction: Transaction<Tables>, batch: readonly string[]) {
  return transaction
    .selectFrom("blobs")
    .select(["blob", "refs"])
    .where("blob", "in", batch)
    .orderBy("blob")
    .forUpdate()
    .execute();
}

function batches(blobs: readonly string[]): readonly (readonly string[])[] {
  const sorted = [...new Set(blobs)].sort();
  const count = Math.ceil(sorted.length / BATCH);
  return Array.from({ length: count }, (_, at) => sorted.slice(at * BATCH, (at + 1) * BATCH));
}

/** Blobs that nothing is named by any more: a queue that outlives the process. */
export class BlobGarbage {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Takes up to `limit` blobs that are due, for nobody else until `leaseMs` later. */
  async take(nowMs: number, leaseMs: number, limit: number): Promise<readonly string[]> {
    const rows = await this.#database
      .updateTable("blobs")
      .set({ free_after_ms: nowMs + leaseMs })
      .where("blob", "in", (query) =>
        query
          .selectFrom("blobs")
          .select("blob")
          .where("refs", "=", 0)
          .where("free_after_ms", "<=", nowMs)
          .orderBy("free_after_ms")
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .returning("blob")
      .execute();
    return rows.map(({ blob }) => blob);
  }

  /** A blob is gone from the vault. */
  async removed(blob: string): Promise<void> {
    await this.#database
      .deleteFrom("blobs")
      .where("blob", "=", blob)
      .where("refs", "=", 0)
      .execute();
  }

  /** A blob could not be removed; it is due again at a time. Returns how often that happened. */
  async failed(blob: string, againMs: number): Promise<number> {
    const row = await this.#database
      .updateTable("blobs")
      .set({ failures: sql<number>`failures + 1`, free_after_ms: againMs })
      .where("blob", "=", blob)
      .where("refs", "=", 0)
      .returning("failures")
      .executeTakeFirst();
    return row?.failures ?? 0;
  }

  /** Blobs in the queue. */
  async count(): Promise<number> {
    const row = await this.#database
      .selectFrom("blobs")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("refs", "=", 0)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  }

  /** Those of some blobs that the index has never heard of. */
  async unknown(blobs: readonly string[]): Promise<readonly string[]> {
    if (blobs.length === 0) return [];
    const rows = await this.#database
      .selectFrom("blobs")
      .select("blob")
      .where("blob", "in", blobs)
      .execute();
    const known = new Set(rows.map(({ blob }) => blob));
    return blobs.filter((blob) => !known.has(blob));
  }
}
