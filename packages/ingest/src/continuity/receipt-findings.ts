import type { StatedReceipts } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";
import type { TrackedEntry } from "../entry.ts";
import { type Finding, finding } from "../findings.ts";
import type { LedgerRows, SeenReceipts } from "./claims.ts";

/** Nothing at all: reports of before there were receipts state none, and have no such rows. */
const NONE: SeenReceipts = { ledgers: [], wrong: 0, first: null };

/** Where rows of requests through miners' proxies do not fit their signed receipts, or the counts that the report states. */
export function receiptFindings(
  validator: Hotkey,
  { entryId, endTime }: Pick<TrackedEntry, "entryId" | "endTime">,
  stated: readonly StatedReceipts[],
  seen: SeenReceipts | null,
): readonly Finding[] {
  const { ledgers, wrong, first } = seen ?? NONE;
  const about = (subject: string) => ({ subject, entryId, endTime });
  if (first !== null) {
    const detail =
      `${wrong} rows of requests through proxies are not what their receipts prove; ` +
      `the first is ${first.invocationId}: ${first.reason}`;
    return [finding(validator, "RECEIPT_FALSE", about("rows"), detail)];
  }
  const rows = new Map(ledgers.map((one) => [nameOf(one.hotkey, one.ledgerId), one]));
  const wanted = new Map(stated.map((one) => [nameOf(one.hotkey, one.ledger_id), one]));
  return [...new Set([...rows.keys(), ...wanted.keys()])].sort().flatMap((name) => {
    const [found, said] = [rows.get(name), wanted.get(name)];
    if (found && said && isWithin(found, said)) return [];
    const detail = `ledger ${name}: the report states ${textOf(said)}, its rows prove ${textOf(found)}`;
    return [finding(validator, "RECEIPTS_DIFFER", about(name), detail)];
  });
}

/** As many rows as stated, all of them from where it says. */
const isWithin = (found: LedgerRows, said: StatedReceipts): boolean =>
  found.rows === said.rows && found.from >= said.from && found.to <= said.to;

const nameOf = (hotkey: string, ledgerId: string): string => `${hotkey}/${ledgerId}`;

function textOf(range: Pick<LedgerRows, "from" | "to" | "rows"> | undefined): string {
  return range === undefined
    ? "none"
    : `${range.rows} receipts from ${range.from} to before ${range.to}`;
}
