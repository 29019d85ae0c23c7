import { fromHex, type Hex, type Hotkey, toHex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Holding } from "./catalog.ts";
import type { Tables } from "./tables.ts";

/** Tags of a shard that a miner signed for. */
export interface GrantRow {
  readonly shardId: Hex;
  /** Blocks of a period. */
  readonly periodBlocks: number;
  readonly firstPeriod: number;
  readonly periods: number;
  /** The signed grant, byte for byte. */
  readonly text: string;
}

/** A stored shard whose tags end, or that has none. */
export interface UntaggedShard {
  readonly shardId: Hex;
  readonly miner: Hotkey;
  readonly root: Hex;
  readonly sizeBytes: number;
  /** The first period that no grant covers; 0 when there is none. */
  readonly grantedUntil: number;
}

/** Which shards have tags. A grant counts once it is logged: `loggedRun` is the run it was planned for. */
export class Grants {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Adds a grant; one that is there already stays as it is. */
  async add({ validator, miner }: Holding, grant: GrantRow): Promise<void> {
    await this.#database
      .insertInto("grants")
      .values({
        validator,
        miner,
        shard_id: Buffer.from(fromHex(grant.shardId)),
        period_blocks: grant.periodBlocks,
        first_period: grant.firstPeriod,
        periods: grant.periods,
        text: grant.text,
        logged_run: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Shards with tags for a period, of grants that a run has logged, or one before it. */
  async covering(
    { validator, miner }: Holding,
    at: {
      readonly periodBlocks: number;
      readonly period: number;
      readonly loggedBy: number;
    },
  ): Promise<ReadonlySet<Hex>> {
    const rows = await this.#database
      .selectFrom("grants")
      .select(["shard_id", "first_period", "periods"])
      .where("validator", "=", validator)
      .where("miner", "=", miner)
      .where("period_blocks", "=", at.periodBlocks)
      .where("first_period", "<=", at.period)
      .where("logged_run", "<=", at.loggedBy)
      .execute();
    const last = rows.filter((row) => row.first_period + row.periods > at.period);
    return new Set(last.map((row) => toHex(row.shard_id)));
  }

  /**
   * The grants a run has to log, from then on known as logged by it. `logged` is the last run that was
   * opened: what a later one was planned to log, and did not, is logged anew.
   */
  async toLog(
    { validator, miner }: Holding,
    { run, logged }: { readonly run: number; readonly logged: number },
  ): Promise<readonly string[]> {
    const rows = await this.#database
      .updateTable("grants")
      .set({ logged_run: run })
      .where("validator", "=", validator)
      .where("miner", "=", miner)
      .where((row) => row.or([row("logged_run", "is", null), row("logged_run", ">", logged)]))
      .returning(["text", "shard_id"])
      .execute();
    return rows.map(({ text }) => text).sort();
  }

  /** Shards still owed at a block that have no tags for a period, or for their last one before it. */
  async lacking(
    validator: Hotkey,
    at: {
      readonly periodBlocks: number;
      readonly period: number;
      readonly block: number;
      readonly limit: number;
      /** Shards that are passed over. */
      readonly except: readonly Hex[];
    },
  ): Promise<readonly UntaggedShard[]> {
    const { periodBlocks, period, block, limit } = at;
    const except = at.except.map((id) => Buffer.from(fromHex(id)));
    const { rows } = await sql<{
      shard_id: Uint8Array;
      miner: string;
      root: Uint8Array;
      size_bytes: number;
      granted_until: number;
    }>`
      select shard_id, miner, root, size_bytes, granted_until from (
        select shards.*, coalesce((
          select max(first_period + periods) from ${sql.table("grants")} as granted
          where granted.validator = shards.validator and granted.miner = shards.miner
            and granted.shard_id = shards.shard_id and granted.period_blocks = ${periodBlocks}
        ), 0)::bigint as granted_until
        from ${sql.table("shards")} as shards
        where shards.validator = ${validator} and shards.expires_block > ${block}
          and not (shards.shard_id = any(${except}))
      ) as owed
      where granted_until <= least(${period}::bigint, (expires_block - 1) / ${periodBlocks}::bigint)
      order by granted_until, shard_id
      limit ${limit}`.execute(this.#database);
    return rows.map((row) => ({
      shardId: toHex(row.shard_id),
      miner: row.miner as Hotkey,
      root: toHex(row.root),
      sizeBytes: row.size_bytes,
      grantedUntil: row.granted_until,
    }));
  }

  /** Forgets logged grants whose last period is over. */
  async prune(
    validator: Hotkey,
    before: { readonly periodBlocks: number; readonly period: number },
  ): Promise<void> {
    await this.#database
      .deleteFrom("grants")
      .where("validator", "=", validator)
      .where("period_blocks", "=", before.periodBlocks)
      .where("logged_run", "is not", null)
      .where(({ eb }) => eb(sql<number>`first_period + periods`, "<=", before.period))
      .execute();
  }
}
