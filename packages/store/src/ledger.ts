import { type MerkleNode, type NodePlace, nodeMissing } from "@neurond/crypto";
import { type LogStorage, logConflict, type StoredEntry } from "@neurond/ledger";
import { type Kysely, sql } from "kysely";
import { appendRows, rowOf } from "./ledger-rows.ts";
import { observationRepeated } from "./observations.ts";
import type { Tables } from "./tables.ts";

/** One validator's log in Postgres. */
export class PostgresLog implements LogStorage {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;
  /** The log among the others of its schema. */
  readonly id: number;

  private constructor(database: Kysely<Tables>, id: number, now: () => number) {
    this.#database = database;
    this.id = id;
    this.#now = now;
  }

  /** Opens the log of a name, usually its validator's hotkey; an unknown name begins an empty log. */
  static async open(
    database: Kysely<Tables>,
    name: string,
    now: () => number = Date.now,
  ): Promise<PostgresLog> {
    await database
      .insertInto("logs")
      .values({ name, size: 0 })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
    const { id } = await database
      .selectFrom("logs")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    return new PostgresLog(database, id, now);
  }

  async size(): Promise<number> {
    const { size } = await this.#database
      .selectFrom("logs")
      .select("size")
      .where("id", "=", this.id)
      .executeTakeFirstOrThrow();
    return size;
  }

  /** Besides the port's `LOG_CONFLICT`: `OBSERVATION_REPEATED` for a task that is settled already. */
  async append(
    from: number,
    entries: readonly StoredEntry[],
    nodes: readonly MerkleNode[],
  ): Promise<void> {
    const rows = entries.map(({ text }, offset) => rowOf(text, from + offset));
    const at = { logId: this.id, from, nowMs: this.#now() };
    const { moved, settled } = await appendRows(this.#database, at, rows, nodes);
    if (moved) return;
    const size = await this.size();
    throw size === from && settled > 0 ? observationRepeated(settled) : logConflict(from, size);
  }

  async read(from: number, to: number): Promise<readonly string[]> {
    const rows = await this.#database
      .selectFrom("log_entries")
      .select("text")
      .where("log_id", "=", this.id)
      .where("index", ">=", from)
      .where("index", "<", to)
      .orderBy("index")
      .execute();
    return rows.map(({ text }) => text);
  }

  /** The entries of a run with their places, in order, from an index on; a page of them. */
  async readRun(
    runId: string,
    from: number,
    limit: number,
  ): Promise<readonly { readonly index: number; readonly text: string }[]> {
    return this.#database
      .selectFrom("log_entries")
      .select(["index", "text"])
      .where("log_id", "=", this.id)
      .where("run_id", "=", runId)
      .where("index", ">=", from)
      .orderBy("index")
      .limit(limit)
      .execute();
  }

  async readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]> {
    if (places.length === 0) return [];
    const levels = places.map(({ level }) => level);
    const indexes = places.map(({ index }) => index);
    const { rows } = await sql<{ hash: Uint8Array | null }>`
      select node.hash
      from unnest(${levels}::smallint[], ${indexes}::bigint[]) with ordinality
        as place (level, index, position)
      left join log_nodes as node
        on node.log_id = ${this.id} and node.level = place.level and node.index = place.index
      order by place.position`.execute(this.#database);
    return places.map((place, position) => {
      const hash = rows[position]?.hash ?? null;
      if (hash === null) throw nodeMissing(place);
      return new Uint8Array(hash);
    });
  }
}
