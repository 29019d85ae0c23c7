import type { Hex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** A segment that lost shards. */
export interface EndangeredSegment {
  readonly fileId: Hex;
  readonly segment: number;
  /** The validator that says so. */
  readonly validator: string;
  readonly k: number;
  readonly n: number;
  readonly live: number;
  /** Indices that are not there. */
  readonly lost: readonly number[];
}

/** A segment that waits for its repair, or is under repair. */
export interface QueuedRepair extends EndangeredSegment {
  readonly failures: number;
  /** Why it failed last. */
  readonly detail: string | null;
  readonly queuedMs: number;
  readonly dueMs: number;
}

/** Whether a segment that waits is said to stand as it did. */
const stands = sql<boolean>`(repairs.live, repairs.lost) = (excluded.live, excluded.lost)`;

/** Segments to be repaired, in Postgres: each once, the most endangered first. */
export class RepairQueue {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /**
   * Queues segments; of one that waits already it is noted how it stands. One that failed is due at
   * once when it stands differently: what was in the way may be gone. Returns the new ones.
   */
  async offer(segments: readonly EndangeredSegment[], nowMs: number): Promise<number> {
    let added = 0;
    for (const { fileId, lost, ...segment } of segments) {
      const row = await this.#database
        .insertInto("repairs")
        .values({
          ...segment,
          ...{ file_id: fileId, lost: JSON.stringify(lost), detail: null },
          ...{ queued_ms: nowMs, due_ms: nowMs },
        })
        .onConflict((conflict) =>
          conflict.columns(["file_id", "segment"]).doUpdateSet((given) => ({
            live: given.ref("excluded.live"),
            lost: given.ref("excluded.lost"),
            validator: given.ref("excluded.validator"),
            failures: sql<number>`case when ${stands} then repairs.failures else 0 end`,
            due_ms: sql<number>`case when ${stands} then repairs.due_ms
              else least(repairs.due_ms, excluded.due_ms) end`,
          })),
        )
        .returning(sql<boolean>`xmax = 0`.as("is_new"))
        .executeTakeFirstOrThrow();
      if (row.is_new) added += 1;
    }
    return added;
  }

  /** The most endangered segment that is due, for nobody else until `leaseMs` later; null for none. */
  async take(nowMs: number, leaseMs: number): Promise<QueuedRepair | null> {
    const row = await this.#database
      .updateTable("repairs")
      .set({ lease_ms: nowMs + leaseMs })
      .where(sql<boolean>`(file_id, segment) = (
        select file_id, segment from repairs where due_ms <= ${nowMs} and lease_ms <= ${nowMs}
        order by live - k, queued_ms, file_id, segment limit 1 for update skip locked)`)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : queuedOf(row);
  }

  /** Goes on having what was taken, `leaseMs` from now. */
  async hold(
    { fileId, segment }: Pick<QueuedRepair, "fileId" | "segment">,
    nowMs: number,
    leaseMs: number,
  ): Promise<void> {
    await this.#database
      .updateTable("repairs")
      .set({ lease_ms: nowMs + leaseMs })
      .where("file_id", "=", fileId)
      .where("segment", "=", segment)
      .execute();
  }

  /** A segment is whole again, or its file is gone. */
  async done({ fileId, segment }: Pick<QueuedRepair, "fileId" | "segment">): Promise<void> {
    await this.#database
      .deleteFrom("repairs")
      .where("file_id", "=", fileId)
      .where("segment", "=", segment)
      .execute();
  }

  /** A repair came to nothing; it is due again at a time. */
  async failed(
    { fileId, segment }: Pick<QueuedRepair, "fileId" | "segment">,
    detail: string,
    againMs: number,
  ): Promise<void> {
    await this.#database
      .updateTable("repairs")
      .set({ failures: sql<number>`failures + 1`, detail, due_ms: againMs, lease_ms: 0 })
      .where("file_id", "=", fileId)
      .where("segment", "=", segment)
      .execute();
  }

  /**
   * Makes everything due, what failed and what a process had taken when it died: only its successor
   * may, which knows nothing of what was in the way.
   */
  async reclaim(nowMs: number): Promise<void> {
    await this.#database
      .updateTable("repairs")
      .set({ due_ms: sql<number>`least(due_ms, ${nowMs})`, lease_ms: 0, failures: 0 })
      .execute();
  }

  /** What waits, the most endangered first. */
  async list(limit: number): Promise<readonly QueuedRepair[]> {
    const rows = await this.#database
      .selectFrom("repairs")
      .selectAll()
      .orderBy(sql`live - k`)
      .orderBy("queued_ms")
      .orderBy("file_id")
      .orderBy("segment")
      .limit(limit)
      .execute();
    return rows.map(queuedOf);
  }

  /** How many wait, and the fewest shards that any of them could still lose. */
  async standing(): Promise<{ readonly waiting: number; readonly leastSpare: number | null }> {
    const row = await this.#database
      .selectFrom("repairs")
      .select((table) => [
        table.fn.countAll<number>().as("waiting"),
        sql<number | null>`min(live - k)`.as("spare"),
      ])
      .executeTakeFirstOrThrow();
    return { waiting: Number(row.waiting), leastSpare: row.spare };
  }
}

function queuedOf(row: {
  readonly file_id: string;
  readonly segment: number;
  readonly validator: string;
  readonly k: number;
  readonly n: number;
  readonly live: number;
  readonly lost: string;
  readonly failures: number;
  readonly detail: string | null;
  readonly queued_ms: number;
  readonly due_ms: number;
  readonly lease_ms: number;
}): QueuedRepair {
  const { file_id, lost, queued_ms, due_ms, lease_ms: _, ...same } = row;
  return {
    ...same,
    fileId: file_id as Hex,
    lost: JSON.parse(lost) as number[],
    queuedMs: queued_ms,
    dueMs: due_ms,
  };
}
