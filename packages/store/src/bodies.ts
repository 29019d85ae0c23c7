import { fromHex, toHex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "./tables.ts";

/** Large parts of observations by the SHA-256 of their bytes, until they expire. */
export class Bodies {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /**
   * Keeps bodies by their hash, 64 hexadecimal digits, as `detachBodies` gives them. One that is
   * there already stays until the later of both times.
   */
  async put(bodies: ReadonlyMap<string, Uint8Array>, expiresMs: number): Promise<void> {
    if (bodies.size === 0) return;
    const rows = [...bodies].map(([hash, bytes]) => ({
      sha256: key(hash),
      bytes: Buffer.from(bytes),
      expires_ms: expiresMs,
    }));
    await this.#database
      .insertInto("bodies")
      .values(rows)
      .onConflict((conflict) =>
        conflict.column("sha256").doUpdateSet({
          expires_ms: sql<number>`greatest(bodies.expires_ms, excluded.expires_ms)`,
        }),
      )
      .execute();
  }

  /** The bodies that are still there, by hash; what nobody has is simply missing. */
  async get(hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    if (hashes.length === 0) return new Map();
    const rows = await this.#database
      .selectFrom("bodies")
      .select(["sha256", "bytes"])
      .where("sha256", "in", hashes.map(key))
      .execute();
    return new Map(
      rows.map(({ sha256, bytes }) => [toHex(sha256).slice(2), new Uint8Array(bytes)]),
    );
  }

  /** Forgets up to `limit` bodies whose time is over; returns how many. */
  async forgetExpired(nowMs: number, limit = 1_000): Promise<number> {
    const deleted = await this.#database
      .deleteFrom("bodies")
      .where("sha256", "in", (query) =>
        query
          .selectFrom("bodies")
          .select("sha256")
          .where("expires_ms", "<=", nowMs)
          .orderBy("expires_ms")
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(deleted.numDeletedRows);
  }
}

function key(hash: string): Buffer {
  return Buffer.from(fromHex(`0x${hash}`));
}
