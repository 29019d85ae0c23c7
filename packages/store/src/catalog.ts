import { type BlockNumber, fromHex, type Hex, type Hotkey, toHex } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** One stored shard, as both sides signed for it. */
export interface ShardRecord {
  readonly shardId: Hex;
  readonly validator: Hotkey;
  readonly miner: Hotkey;
  readonly fileId: string;
  readonly root: Hex;
  readonly sizeBytes: number;
  readonly storedBlock: BlockNumber;
  readonly expiresBlock: BlockNumber;
  /** The signed receipt, byte for byte. */
  readonly receipt: string;
  /** When that receipt took the place of another; absent before the first renewal. */
  readonly renewedBlock?: BlockNumber;
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

  /** What a miner owes a validator at a block: what has not expired, by shard id ascending. */
  async held({ validator, miner }: Holding, at: BlockNumber): Promise<readonly ShardRecord[]> {
    const rows = await this.#select()
      .where("validator", "=", validator)
      .where("miner", "=", miner)
      .where("stored_block", "<=", at)
      .where("expires_block", ">", at)
      .orderBy("shard_id")
      .execute();
    return rows.map(recordOf);
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
export function recordOf(row: {
  readonly shard_id: Uint8Array;
  readonly validator: string;
  readonly miner: string;
  readonly file_id: string;
  readonly root: Uint8Array;
  readonly size_bytes: number;
  readonly stored_block: number;
  readonly expires_block: number;
  readonly receipt: string;
  readonly renewed_block: number | null;
}): ShardRecord {
  return {
    shardId: toHex(row.shard_id),
    validator: row.validator as Hotkey,
    miner: row.miner as Hotkey,
    fileId: row.file_id,
    root: toHex(row.root),
    sizeBytes: row.size_bytes,
    storedBlock: row.stored_block as BlockNumber,
    expiresBlock: row.expires_block as BlockNumber,
    receipt: row.receipt,
    ...(row.renewed_block !== null && { renewedBlock: row.renewed_block as BlockNumber }),
  };
}

function bytes(hex: Hex): Buffer {
  return Buffer.from(fromHex(hex));
}
