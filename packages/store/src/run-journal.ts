import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/**
 * What happened in runs, by kind. A fact is written once: whoever writes another one of its kind is
 * given the one that stands, so a restarted process does the same thing again and not another one.
 * Facts are plain values with a JSON text; `Facts` names the kinds, all of them optional.
 */
export class RunJournal<Facts extends object> {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** The facts of a run: all of them, or of these kinds only. */
  async read(index: number, kinds?: readonly (keyof Facts & string)[]): Promise<Facts> {
    const query = this.#database
      .selectFrom("run_facts")
      .select(["kind", "text"])
      .where("run_index", "=", index);
    const rows = await (kinds === undefined ? query : query.where("kind", "in", kinds)).execute();
    return Object.fromEntries(rows.map(({ kind, text }) => [kind, JSON.parse(text)])) as Facts;
  }

  /** Writes a fact unless the run has one of its kind; answers with the one that stands. */
  async write<Kind extends keyof Facts & string>(
    index: number,
    kind: Kind,
    fact: NonNullable<Facts[Kind]>,
  ): Promise<NonNullable<Facts[Kind]>> {
    await this.#database
      .insertInto("run_facts")
      .values({ run_index: index, kind, text: JSON.stringify(fact), written_ms: this.#now() })
      .onConflict((conflict) => conflict.columns(["run_index", "kind"]).doNothing())
      .execute();
    const { text } = await this.#database
      .selectFrom("run_facts")
      .select("text")
      .where("run_index", "=", index)
      .where("kind", "=", kind)
      .executeTakeFirstOrThrow();
    return JSON.parse(text) as NonNullable<Facts[Kind]>;
  }

  /** Indexes of runs after one that have a fact of a kind, ascending, so many at most; -1 begins. */
  async having(
    kind: keyof Facts & string,
    after: number,
    limit: number,
  ): Promise<readonly number[]> {
    const rows = await this.#database
      .selectFrom("run_facts")
      .select("run_index")
      .where("kind", "=", kind)
      .where("run_index", ">", after)
      .orderBy("run_index")
      .limit(limit)
      .execute();
    return rows.map(({ run_index }) => run_index);
  }

  /** The fact of a kind of the latest run that has one. */
  async latest<Kind extends keyof Facts & string>(
    kind: Kind,
  ): Promise<{ readonly index: number; readonly fact: NonNullable<Facts[Kind]> } | undefined> {
    const row = await this.#database
      .selectFrom("run_facts")
      .select(["run_index", "text"])
      .where("kind", "=", kind)
      .orderBy("run_index", "desc")
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return { index: row.run_index, fact: JSON.parse(row.text) as NonNullable<Facts[Kind]> };
  }
}
