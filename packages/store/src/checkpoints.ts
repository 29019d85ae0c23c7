import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** A signed checkpoint as it is published. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly block: number;
  /** Canonical JSON with its signature. */
  readonly text: string;
}

/** The signed checkpoints of one log. */
export class Checkpoints {
  readonly #database: Kysely<Tables>;
  readonly #logId: number;

  constructor(database: Kysely<Tables>, logId: number) {
    this.#database = database;
    this.#logId = logId;
  }

  /** Keeps a checkpoint; of two for the same size and block the first stays. */
  async save(checkpoint: StoredCheckpoint): Promise<void> {
    await this.#database
      .insertInto("checkpoints")
      .values({ log_id: this.#logId, ...checkpoint })
      .onConflict((conflict) => conflict.columns(["log_id", "size", "block"]).doNothing())
      .execute();
  }

  /** The one that covers most; null when there is none. */
  async latest(): Promise<StoredCheckpoint | null> {
    const found = await this.#select().orderBy("size", "desc").orderBy("block", "desc").limit(1);
    return (await found.executeTakeFirst()) ?? null;
  }

  /** The first signed one of exactly this many entries; null when there is none. */
  async ofSize(size: number): Promise<StoredCheckpoint | null> {
    const found = this.#select().where("size", "=", size).orderBy("block").limit(1);
    return (await found.executeTakeFirst()) ?? null;
  }

  #select() {
    return this.#database
      .selectFrom("checkpoints")
      .select(["size", "block", "text"])
      .where("log_id", "=", this.#logId);
  }
}
