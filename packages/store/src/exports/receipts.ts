import type { Hotkey } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** How far a miner's ledger of receipts was handed in. */
export interface ReceiptLedger {
  readonly ledgerId: string;
  /** The first receipt that is not here yet. */
  readonly next: number;
  /** Of the ledger's tree over all before it, 64 hexadecimal digits. */
  readonly root: string;
}

/** Receipts of one ledger, one after the other. */
export interface ReceiptBatch extends ReceiptLedger {
  readonly hotkey: Hotkey;
  readonly first: number;
  readonly takenUs: number;
  /** What is exported of them; places that hold no request are left out. */
  readonly receipts: readonly { readonly index: number; readonly text: string }[];
}

/** Which receipts of a ledger a slice holds. */
export interface ReceiptRange {
  readonly hotkey: Hotkey;
  readonly ledgerId: string;
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
  readonly rows: number;
}

/** Where the next page begins. */
export type ReceiptPlace = Pick<ReceiptRange, "hotkey" | "ledgerId"> & { readonly index: number };

const ROWS_AT_ONCE = 1_000;

/** Receipts that miners' proxies handed in, each of which goes into one slice. */
export class Receipts {
  readonly #database: Kysely<Tables>;

  constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** The ledgers of a miner, the newest first. */
  async ledgers(hotkey: Hotkey): Promise<readonly ReceiptLedger[]> {
    const rows = await this.#database
      .selectFrom("receipt_ledgers")
      .selectAll()
      .where("hotkey", "=", hotkey)
      .orderBy("taken_us", "desc")
      .orderBy("ledger_id")
      .execute();
    return rows.map(({ ledger_id, next, root }) => ({ ledgerId: ledger_id, next, root }));
  }

  /** Keeps a batch whole, or nothing: false when the ledger has come further than its first receipt. */
  async take(batch: ReceiptBatch): Promise<boolean> {
    const { hotkey, ledgerId, first, next, root, takenUs } = batch;
    return await this.#database.transaction().execute(async (transaction) => {
      const moved = await transaction
        .insertInto("receipt_ledgers")
        .values({ hotkey, ledger_id: ledgerId, next, root, taken_us: takenUs })
        .onConflict((conflict) =>
          conflict
            .columns(["hotkey", "ledger_id"])
            .doUpdateSet({ next, root, taken_us: takenUs })
            .where("receipt_ledgers.next", "<=", first),
        )
        .returning("next")
        .execute();
      if (moved.length === 0) return false;
      const rows = batch.receipts.map(({ index, text }) => ({
        hotkey,
        ledger_id: ledgerId,
        index,
        text,
        taken_us: takenUs,
        slice_us: null,
      }));
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
        await transaction
          .insertInto("receipts")
          .values(rows.slice(at, at + ROWS_AT_ONCE))
          .execute();
      return true;
    });
  }

  /** Receipts of a miner that are in no slice yet. */
  async waiting(hotkey: Hotkey): Promise<number> {
    const { count } = await this.#database
      .selectFrom("receipts")
      .select(({ fn }) => fn.countAll().as("count"))
      .where("slice_us", "is", null)
      .where("hotkey", "=", hotkey)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Puts whatever came before a slice ended, and is in none, into it. Again, it changes nothing. */
  async assign(endUs: number): Promise<void> {
    await this.#database
      .updateTable("receipts")
      .set({ slice_us: endUs })
      .where("slice_us", "is", null)
      .where("taken_us", "<", endUs)
      .execute();
  }

  /** Which receipts a slice holds, by miner and ledger. */
  async ranges(endUs: number): Promise<readonly ReceiptRange[]> {
    const rows = await this.#database
      .selectFrom("receipts")
      .select(({ fn }) => [
        "hotkey",
        "ledger_id",
        fn.min("index").as("from"),
        fn.max("index").as("last"),
        fn.countAll().as("rows"),
      ])
      .where("slice_us", "=", endUs)
      .groupBy(["hotkey", "ledger_id"])
      .orderBy("hotkey")
      .orderBy("ledger_id")
      .execute();
    return rows.map((row) => ({
      hotkey: row.hotkey as Hotkey,
      ledgerId: row.ledger_id,
      from: Number(row.from),
      to: Number(row.last) + 1,
      rows: Number(row.rows),
    }));
  }

  /** A page of a slice's receipts, behind a place, in the order of miner, ledger and index. */
  async page(
    endUs: number,
    after: ReceiptPlace | null,
    limit: number,
  ): Promise<readonly (ReceiptPlace & { readonly text: string })[]> {
    const from = after ?? { hotkey: "", ledgerId: "", index: -1 };
    const rows = await this.#database
      .selectFrom("receipts")
      .select(["hotkey", "ledger_id", "index", "text"])
      .where("slice_us", "=", endUs)
      .where(
        sql<boolean>`(hotkey, ledger_id, index) > (${from.hotkey}, ${from.ledgerId}, ${from.index})`,
      )
      .orderBy("hotkey")
      .orderBy("ledger_id")
      .orderBy("index")
      .limit(limit)
      .execute();
    return rows.map(({ hotkey, ledger_id, index, text }) => ({
      hotkey: hotkey as Hotkey,
      ledgerId: ledger_id,
      index,
      text,
    }));
  }

  /** Forgets receipts of slices that ended before; how far ledgers have come stays. */
  async forget(beforeUs: number): Promise<void> {
    await this.#database.deleteFrom("receipts").where("slice_us", "<", beforeUs).execute();
  }
}
