import { type BlockNumber, fromHex, type Hex, type Hotkey, toHex } from "@neurond/primitives";
import type { Kysely, Selectable } from "kysely";
import type { Tables } from "./tables.ts";

/** One stored shard, without what both sides signed. */
export interface HeldShard {
  readonly shardId: Hex;
  readonly validator: Hotkey;
  readonly miner: Hotkey;
  readonly fileId: string;
  readonly root: Hex;
  readonly sizeBytes: number;
  readonly storedBlock: BlockNumber;
  readonly expiresBlock: BlockNumber;
  /** When its receipt took the place of another; absent before the first renewal. */
  readonly renewedBlock?: BlockNumber;
}

/** One stored shard, as both sides signed for it. */
export interface ShardRecord extends HeldShard {
  /** The signed receipt, byte for byte. */
  readonly receipt: string;
}

/** All that a miner owes at one moment. */
export interface HeldShards {
  /** By shard id ascending. */
  readonly shards: readonly HeldShard[];
  /** Signed receipts by shard id, of those that were asked for. */
  readonly receipts: ReadonlyMap<Hex, string>;
}

/** The two sides of a storage relation. */
export interface Holding {
  readonly validator: Hotkey;
  readonly miner: Hotkey;
}

/** How much a miner owes. */
export interface Owed {
  readonly bytes: bigint;
  readonly shards: number;
}

const HELD = [
  "shard_id",
  "validator",
  "miner",
  "file_id",
  "root",
  "size_bytes",
  "stored_block",
  "expires_block",
  "renewed_block",
] as const;
const BATCH = 1000;

/** Which shards are held by whom for whom. */
export class ShardCatalog {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Adds a shard; false when it is there already, and then nothing changes. */
  async add(shard: ShardRecord): Promise<boolean> {
    const added = await this.#database
      .insertInto("shards")
      .values({
        shard_id: bytes(shard.shardId),
        validator: shard.validator,
        miner: shard.miner,
        file_id: shard.fileId,
        root: bytes(shard.root),
        size_bytes: shard.sizeBytes,
        stored_block: shard.storedBlock,
        expires_block: shard.expiresBlock,
        receipt: shard.receipt,
        renewed_block: shard.renewedBlock ?? null,
      })
      .onConflict((conflict) => conflict.columns(["validator", "miner", "shard_id"]).doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }

  /**
   * What a miner owes a validator at a block: what has not expired. Receipts are ten times as long as the
   * rest and seldom wanted, so `wants` says of which they are read.
   */
  held(
    { validator, miner }: Holding,
    at: BlockNumber,
    wants: (shard: HeldShard) => boolean,
  ): Promise<HeldShards> {
    // One moment for both: a receipt that is renewed in between is not the one that was asked for.
    const moment = this.#database.transaction().setIsolationLevel("repeatable read");
    return moment.execute(async (transaction) => {
      const rows = await transaction
        .selectFrom("shards")
        .select(HELD)
        .where("validator", "=", validator)
        .where("miner", "=", miner)
        .where("stored_block", "<=", at)
        .where("expires_block", ">", at)
        .orderBy("shard_id")
        .execute();
      const shards = rows.map(heldOf);
      const wanted = shards.filter(wants).map(({ shardId }) => bytes(shardId));
      const receipts = new Map<Hex, string>();
      for (let from = 0; from < wanted.length; from += BATCH) {
        const ids = wanted.slice(from, from + BATCH);
        const found = await transaction
          .selectFrom("shards")
          .select(["shard_id", "receipt"])
          .where("validator", "=", validator)
          .where("miner", "=", miner)
          .where("shard_id", "in", ids)
          .orderBy("shard_id")
          .execute();
        for (const { shard_id, receipt } of found) receipts.set(toHex(shard_id), receipt);
      }
      return { shards, receipts };
    });
  }

  /** The first that a miner owes from a shard id on, around the end to the beginning; null when it owes nothing. */
  async heldFrom({ validator, miner }: Holding, at: BlockNumber, from: Hex) {
    const owed = this.#select()
      .where("validator", "=", validator)
      .where("miner", "=", miner)
      .where("stored_block", "<=", at)
      .where("expires_block", ">", at)
      .orderBy("shard_id")
      .limit(1);
    const next = await owed.where("shard_id", ">=", bytes(from)).executeTakeFirst();
    const row = next ?? (await owed.executeTakeFirst());
    return row === undefined ? null : recordOf(row);
  }

  /** How much each miner owes a validator at a block; who owes nothing is left out. */
  async owed(validator: Hotkey, at: BlockNumber): Promise<ReadonlyMap<Hotkey, Owed>> {
    const rows = await this.#database
      .selectFrom("shards")
      .select((row) => [
        "miner",
        row.fn.sum<string>("size_bytes").as("bytes"),
        row.fn.countAll<string>().as("shards"),
      ])
      .where("validator", "=", validator)
      .where("stored_block", "<=", at)
      .where("expires_block", ">", at)
      .groupBy("miner")
      .execute();
    return new Map(
      rows.map(({ miner, bytes: total, shards }) => [
        miner as Hotkey,
        { bytes: BigInt(total), shards: Number(shards) },
      ]),
    );
  }

  /** A shard that a validator gave away, by its id, which names the miner. */
  async find(shardId: Hex, validator: Hotkey): Promise<ShardRecord | null> {
    const row = await this.#select()
      .where("validator", "=", validator)
      .where("shard_id", "=", bytes(shardId))
      .executeTakeFirst();
    return row === undefined ? null : recordOf(row);
  }

  #select() {
    return this.#database.selectFrom("shards").selectAll();
  }
}

/** A row as the rest of the system knows it. */
export function recordOf(row: HeldRow & { readonly receipt: string }): ShardRecord {
  return { ...heldOf(row), receipt: row.receipt };
}

type HeldRow = Pick<Selectable<Tables["shards"]>, (typeof HELD)[number]>;

function heldOf(row: HeldRow): HeldShard {
  return {
    shardId: toHex(row.shard_id),
    validator: row.validator as Hotkey,
    miner: row.miner as Hotkey,
    fileId: row.file_id,
    root: toHex(row.root),
    sizeBytes: row.size_bytes,
    storedBlock: row.stored_block as BlockNumber,
    expiresBlock: row.expires_block as BlockNumber,
    ...(row.renewed_block !== null && { renewedBlock: row.renewed_block as BlockNumber }),
  };
}

function bytes(hex: Hex): Buffer {
  return Buffer.from(fromHex(hex));
}
