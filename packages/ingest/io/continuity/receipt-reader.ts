import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { type Cells, type InvocationRow, invocationReader } from "@neurond/exports";
import type { LedgerRows, SeenReceipts } from "@neurond/ingest";
import { isCoded, toHex } from "@neurond/primitives";
import { judgeOrganic, ORGANIC } from "@neurond/receipts";

/** Ledgers that are told apart; a report that states more is no report of ours. */
const MAX_LEDGERS = 20_000;

/** Checks rows of requests through miners' proxies as they are read, each by the receipt it carries. */
export class ReceiptReader {
  readonly #place: number;
  readonly #header: Cells;
  #read: ((cells: Cells) => InvocationRow) | null = null;
  readonly #verify = rememberingLast(verifySr25519Fast);
  readonly #ledgers = new Map<string, LedgerRows>();
  #wrong = 0;
  #first: SeenReceipts["first"] = null;

  constructor(header: Cells) {
    this.#place = header.indexOf("function_name");
    this.#header = header;
  }

  /** Whether a row has to be taken. */
  isOrganic(cells: Cells): boolean {
    return cells[this.#place] === ORGANIC;
  }

  async take(cells: Cells): Promise<void> {
    const row = this.#rowOf(cells);
    if (row === null) return;
    const verdict = await judgeOrganic(row, this.#verify);
    if (verdict.kind === "false") return this.#isFalse(row.invocation_id, verdict.reason);
    const { ledgerId, index } = verdict;
    const name = `${row.miner_hotkey}/${ledgerId}`;
    const known = this.#ledgers.get(name);
    if (known === undefined && this.#ledgers.size >= MAX_LEDGERS) return;
    this.#ledgers.set(name, {
      hotkey: row.miner_hotkey,
      ledgerId,
      from: Math.min(index, known?.from ?? index),
      to: Math.max(index + 1, known?.to ?? 0),
      rows: (known?.rows ?? 0) + 1,
    });
  }

  /** Null when there was none. */
  seen(): SeenReceipts | null {
    if (this.#ledgers.size === 0 && this.#wrong === 0) return null;
    return { ledgers: [...this.#ledgers.values()], wrong: this.#wrong, first: this.#first };
  }

  #rowOf(cells: Cells): InvocationRow | null {
    try {
      this.#read ??= invocationReader(this.#header);
      return this.#read(cells);
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.#isFalse("unreadable", error.message);
      return null;
    }
  }

  #isFalse(invocationId: string, reason: string): void {
    this.#wrong += 1;
    this.#first ??= { invocationId, reason };
  }
}

/** Rows of one ledger follow each other, and most are under the same signed head. */
function rememberingLast(verify: Verify): Verify {
  let last = "";
  let wasValid = false;
  return (publicKey, message, signature) => {
    const asked = [publicKey, message, signature].map(toHex).join();
    if (asked !== last) wasValid = verify(publicKey, message, signature);
    last = asked;
    return wasValid;
  };
}
