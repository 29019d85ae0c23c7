import { type BlockNumber, fromHex, type Hex, type Hotkey, toHex } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import { type Holding, recordOf, type ShardRecord } from "./catalog.ts";
import type { Tables } from "./tables.ts";

/** What is kept of a shard's tokens. */
export interface KeptTokens {
  readonly alg: 1 | 2;
  readonly count: number;
  /** One after the other, as they are public. */
  readonly leaves: Uint8Array;
  /** One after the other; encrypted by whoever keeps them here. */
  readonly answers: Uint8Array;
}

/** What is kept of a shard that can be asked about alone. */
export interface ShardProof {
  readonly shardId: Hex;
  /** The signed receipt that names commitments and tokens, byte for byte. */
  readonly receipt: string;
  /** Encoded points, one after the other. */
  readonly commitments: Uint8Array | null;
  readonly tokens: KeptTokens | null;
}

/** A shard whose tokens are not used up, with the next one. */
export interface NextToken {
  readonly shardId: Hex;
  /** The signed receipt that names the tokens. */
  readonly receipt: string;
  readonly alg: 1 | 2;
  /** From 1. */
  readonly number: number;
  readonly leaf: Uint8Array;
}

/** Bytes of a token's leaf. */
const LEAF_BYTES = 70;

/** Commitments and tokens of stored shards, and which tokens are used: each is asked once. */
export class ShardProofs {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Keeps what was made of a shard; what is there already stays, for its tokens may be used. */
  async add({ validator, miner }: Holding, proof: ShardProof): Promise<void> {
    const { shardId, receipt, commitments, tokens } = proof;
    await this.#database
      .insertInto("shard_proofs")
      .values({
        ...{ validator, miner, shard_id: bytes(shardId), receipt },
        commitments: commitments && Buffer.from(commitments),
        token_alg: tokens?.alg ?? null,
        token_count: tokens?.count ?? 0,
        token_leaves: tokens && Buffer.from(tokens.leaves),
        token_answers: tokens && Buffer.from(tokens.answers),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** What is kept of a shard; null when nothing is. */
  async find(shardId: Hex, validator: Hotkey): Promise<ShardProof | null> {
    const row = await this.#database
      .selectFrom("shard_proofs")
      .selectAll()
      .where("validator", "=", validator)
      .where("shard_id", "=", bytes(shardId))
      .executeTakeFirst();
    if (row === undefined) return null;
    const { token_alg: alg, token_count: count, token_leaves, token_answers } = row;
    const hasTokens = token_leaves !== null && token_answers !== null;
    return {
      shardId,
      receipt: row.receipt,
      commitments: row.commitments,
      tokens: hasTokens
        ? { alg: alg === 2 ? 2 : 1, count, leaves: token_leaves, answers: token_answers }
        : null,
    };
  }

  /** The receipts of a miner's shards with commitments to their blocks. */
  async committed({ validator, miner }: Holding): Promise<ReadonlyMap<Hex, string>> {
    const rows = await this.#database
      .selectFrom("shard_proofs")
      .select(["shard_id", "receipt"])
      .where("validator", "=", validator)
      .where("miner", "=", miner)
      .where("commitments", "is not", null)
      .execute();
    return new Map(rows.map(({ shard_id, receipt }) => [toHex(shard_id), receipt]));
  }

  /** The lowest token of each shard that no run has drawn. */
  async unused({ validator, miner }: Holding, alg: 1 | 2): Promise<readonly NextToken[]> {
    const rows = await this.#database
      .selectFrom("shard_proofs")
      .select(["shard_id", "receipt", "tokens_drawn"])
      .select(
        sql<Uint8Array>`substring(token_leaves from tokens_drawn * ${sql.lit(LEAF_BYTES)} + 1 for ${sql.lit(LEAF_BYTES)})`.as(
          "leaf",
        ),
      )
      .where("validator", "=", validator)
      .where("miner", "=", miner)
      .where("token_alg", "=", alg)
      .whereRef("tokens_drawn", "<", "token_count")
      .execute();
    return rows.map(({ shard_id, receipt, tokens_drawn, leaf }) => ({
      shardId: toHex(shard_id),
      receipt,
      alg,
      number: tokens_drawn + 1,
      leaf,
    }));
  }

  /** Notes that a run drew a token: no later plan names it. */
  async drawn(shardId: Hex, validator: Hotkey, number: number): Promise<void> {
    await this.#database
      .updateTable("shard_proofs")
      .set({ tokens_drawn: number })
      .where("validator", "=", validator)
      .where("shard_id", "=", bytes(shardId))
      .where("tokens_drawn", "<", number)
      .execute();
  }

  /** Notes that a token's seed is about to leave; false when it, or a later one's, has left before. */
  async send(shardId: Hex, validator: Hotkey, number: number): Promise<boolean> {
    const sent = await this.#database
      .updateTable("shard_proofs")
      .set({ tokens_sent: number, tokens_drawn: sql<number>`greatest(tokens_drawn, ${number})` })
      .where("validator", "=", validator)
      .where("shard_id", "=", bytes(shardId))
      .where("tokens_sent", "<", number)
      .executeTakeFirst();
    return sent.numUpdatedRows === 1n;
  }

  /** Shards still owed at a block of which nothing is kept, in no order that matters. */
  async lacking(
    validator: Hotkey,
    at: {
      readonly block: BlockNumber;
      readonly limit: number;
      /** Larger shards are passed over; none when null. */
      readonly maxBytes: number | null;
      /** Shards that are passed over. */
      readonly except: readonly Hex[];
    },
  ): Promise<readonly ShardRecord[]> {
    const { block, limit, maxBytes, except } = at;
    const owed = this.#database
      .selectFrom("shards")
      .selectAll()
      .where("validator", "=", validator)
      .where("expires_block", ">", block)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("shard_proofs")
              .select("shard_proofs.shard_id")
              .whereRef("shard_proofs.shard_id", "=", "shards.shard_id")
              .whereRef("shard_proofs.miner", "=", "shards.miner")
              .whereRef("shard_proofs.validator", "=", "shards.validator"),
          ),
        ),
      )
      .where(sql<boolean>`not (shard_id = any(${except.map(bytes)}))`)
      .limit(limit);
    const some = maxBytes === null ? owed : owed.where("size_bytes", "<=", maxBytes);
    return (await some.execute()).map(recordOf);
  }

  /** Forgets what belongs to shards of which nothing else is remembered. */
  async prune(validator: Hotkey): Promise<void> {
    await sql`delete from ${sql.table("shard_proofs")} as proofs where validator = ${validator}
      and not exists (select 1 from ${sql.table("shards")} as shards
        where shards.validator = proofs.validator and shards.miner = proofs.miner
          and shards.shard_id = proofs.shard_id)
      and not exists (select 1 from ${sql.table("deleted_shards")} as deleted
        where deleted.validator = proofs.validator and deleted.miner = proofs.miner
          and deleted.shard_id = proofs.shard_id)`.execute(this.#database);
  }
}

function bytes(hex: Hex): Buffer {
  return Buffer.from(fromHex(hex));
}
