import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { csvLine, INVOCATION_COLUMNS, type InvocationRow, invocationCells } from "@neurond/exports";
import { hotkeyOf } from "@neurond/primitives";
import { decodeReceipt, ExportHeader, organicRow, proveEach } from "@neurond/receipts";
import { SampleLedger } from "@neurond/testing/receipts";
import { describe, expect, it } from "vitest";
import { computeTree } from "../../io/continuity/compute-tree.ts";
import { keepTree, keptTree } from "../../io/continuity/tree-file.ts";
import { receiptFindings, type SeenReceipts } from "../../src/index.ts";
import { temporary } from "../world.ts";

const miner = keypairFromUri("//Bob");
const MINER = hotkeyOf(miner.publicKey);
const VALIDATOR = hotkeyOf(keypairFromUri("//Alice").publicKey);
const LEDGER = "ab".repeat(16);
const entry = {
  entryId: "00000000-0000-5000-8000-000000000001",
  endTime: 3_600_000_000,
};

async function organicRows(count: number): Promise<InvocationRow[]> {
  const ledger = new SampleLedger(miner);
  for (let n = 0; n < count; n += 1) ledger.serve("//Caller", 1_790_000_000_000 + n);
  const [head = "", ...texts] = (await ledger.exported(0)).trimEnd().split("\n");
  const all = await proveEach(ExportHeader.parse(JSON.parse(head)), texts);
  return all.flatMap((proven) => {
    const receipt = decodeReceipt(proven.receipt);
    return receipt?.kind === "request" ? [organicRow(MINER, receipt, proven)] : [];
  });
}

/** What an auditor finds in a table with these rows, of which its report states so much. */
async function found(
  rows: readonly InvocationRow[],
  stated: readonly { from: number; to: number; rows: number }[],
) {
  const directory = mkdtempSync(join(temporary(), "table-"));
  const csv = [INVOCATION_COLUMNS, ...rows.map(invocationCells)].map(csvLine).join("");
  writeFileSync(join(directory, "invocations.csv"), csv);
  const computed = await computeTree(join(directory, "invocations.csv"));
  if (computed === null) throw new Error("no tree");
  await keepTree(join(directory, "tree.json"), computed);
  const kept: SeenReceipts | null =
    (await keptTree(join(directory, "tree.json")))?.receipts ?? null;
  const ranges = stated.map((range) => ({ hotkey: MINER, ledger_id: LEDGER, ...range }));
  return receiptFindings(VALIDATOR, entry, ranges, kept);
}

describe("rows of requests through miners' proxies", () => {
  it("that are proven, and as many as the report states, give nothing to say", async () => {
    expect(await found(await organicRows(5), [{ from: 0, to: 5, rows: 5 }])).toEqual([]);
    expect(await found(await organicRows(3), [{ from: 0, to: 6, rows: 3 }])).toEqual([]);
    expect(await found([], [])).toEqual([]);
  });

  it.each<[string, (row: InvocationRow) => InvocationRow]>([
    [
      "a hash",
      (row) => ({ ...row, metrics: { receipt: row.metrics?.receipt?.replace("A", "B") ?? "" } }),
    ],
    ["a signer", (row) => ({ ...row, miner_hotkey: VALIDATOR })],
    ["an outcome", (row) => ({ ...row, error_message: "FAILED timeout" })],
    ["a miner to pay", (row) => ({ ...row, miner_uid: 5 })],
    ["no receipt", (row) => ({ ...row, metrics: null })],
  ])("that have %s which does not fit are told of", async (_, change) => {
    const rows = await organicRows(4);
    const changed = rows.map((row, at) => (at === 2 ? change(row) : row));
    expect(await found(changed, [{ from: 0, to: 4, rows: 4 }])).toMatchObject([
      {
        kind: "RECEIPT_FALSE",
        severity: "critical",
        detail: expect.stringContaining(rows[2]?.invocation_id ?? "?"),
      },
    ]);
  });

  it("that are fewer, more, or elsewhere than the report states are told of", async () => {
    const rows = await organicRows(4);
    const kinds = async (...given: Parameters<typeof found>) =>
      (await found(...given)).map(({ kind }) => kind);
    const differs = ["RECEIPTS_DIFFER"];
    expect(await kinds(rows.slice(1), [{ from: 0, to: 4, rows: 4 }])).toEqual(differs);
    expect(await kinds(rows, [{ from: 0, to: 3, rows: 4 }])).toEqual(differs);
    expect(await kinds(rows, [{ from: 0, to: 4, rows: 3 }])).toEqual(differs);
    expect(await kinds(rows, [])).toEqual(differs);
    expect(await kinds([], [{ from: 0, to: 4, rows: 4 }])).toEqual(differs);
  });
});
