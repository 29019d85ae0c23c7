import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import {
  INVOCATION_COLUMNS,
  type InvocationRow,
  invocationCells,
  invocationReader,
} from "@neurond/exports";
import { hotkeyOf } from "@neurond/primitives";
import { SampleLedger } from "@neurond/testing/receipts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeReceipt,
  ExportHeader,
  judgeOrganic,
  organicRow,
  proveEach,
  receiptUuid,
  requestUuid,
  verifyExport,
  verifyReceipt,
} from "../src/index.ts";

const miner = keypairFromUri("//Bob");
const MINER = hotkeyOf(miner.publicKey);
const verify = verifySr25519Fast;
const NOW = 1_790_000_000_000;

function ledgerOf(count: number): SampleLedger {
  const ledger = new SampleLedger(miner);
  for (let n = 0; n < count; n += 1) ledger.serve("//Alice", NOW + n);
  return ledger;
}

async function provenOf(ledger: SampleLedger, first: number, size?: number) {
  const [head = "", ...texts] = (await ledger.exported(first, size)).trimEnd().split("\n");
  return await proveEach(ExportHeader.parse(JSON.parse(head)), texts);
}

async function rowOf(ledger: SampleLedger, index: number): Promise<InvocationRow> {
  const [proven] = await provenOf(ledger, index, index + 1);
  const receipt = decodeReceipt(proven?.receipt ?? "");
  if (proven === undefined || receipt?.kind !== "request")
    throw new Error("no receipt of a request");
  return organicRow(MINER, receipt, proven);
}

describe("each receipt of an export", () => {
  it("is proven under its head, wherever export and ledger begin and end", async () => {
    const ledger = ledgerOf(21);
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.nat(20), async (a, b) => {
        const [first, size] = [Math.min(a, b), Math.max(a, b) + 1];
        const lines = (await ledger.exported(first, size)).trimEnd().split("\n");
        expect(await verifyExport(lines, { hotkey: MINER, verify })).toMatchObject({ ok: true });
        for (const proven of await provenOf(ledger, first, size))
          expect(verifyReceipt(proven, MINER, verify)?.kind).toBe("request");
      }),
      { numRuns: 12 },
    );
  });
});

describe("a row of a request through a proxy", () => {
  it("is proven by the receipt it carries, and by its cells as a CSV has them", async () => {
    const row = await rowOf(ledgerOf(3), 2);
    const read = invocationReader(INVOCATION_COLUMNS)(invocationCells(row));
    expect(read).toEqual(row);
    expect(await judgeOrganic(read, verify)).toMatchObject({
      kind: "proven",
      caller: "proven",
      index: 2,
    });
    expect(row).toMatchObject({
      function_name: "organic",
      miner_uid: -1,
      invocation_id: receiptUuid(MINER, { ledgerId: "ab".repeat(16), index: 2 }),
      parent_invocation_id: requestUuid(MINER, "request-2"),
    });
  });

  it("says why a request was turned away or failed", async () => {
    const ledger = new SampleLedger(miner);
    ledger.serve("//Alice", NOW, { outcome: "denied", code: "RATE_LIMIT", status: 429 });
    ledger.serve("//Alice", NOW, { failure: "timeout", status: 504 });
    ledger.serve("//Alice", NOW, { status: 500 });
    const errors = [0, 1, 2].map(async (at) => (await rowOf(ledger, at)).error_message);
    expect(await Promise.all(errors)).toEqual([
      "DENIED RATE_LIMIT",
      "FAILED timeout",
      "STATUS 500",
    ]);
  });

  it("is false when any cell says something else, or the receipt is another's or none", async () => {
    const row = await rowOf(ledgerOf(3), 1);
    const wrong: Partial<InvocationRow>[] = [
      { completed_at: row.started_at },
      { error_message: "STATUS 500" },
      { miner_uid: 7 },
      { compute_multiplier: 1 },
      { miner_hotkey: hotkeyOf(keypairFromUri("//Eve").publicKey) },
      { miner_hotkey: "nobody" },
      { invocation_id: row.parent_invocation_id },
      { metrics: { ...(await rowOf(ledgerOf(3), 2)).metrics } },
      { metrics: { ...row.metrics, nc: 5 } },
      { metrics: { receipt: "AAAA" } },
      { metrics: null },
    ];
    for (const change of wrong)
      expect((await judgeOrganic({ ...row, ...change }, verify)).kind).toBe("false");
  });

  it("is false when its caller did not sign what the receipt says", async () => {
    const ledger = new SampleLedger(miner);
    ledger.serve("//Alice", NOW, { request: { bytes: 2, sha256: "00".repeat(32) } });
    const verdict = await judgeOrganic(await rowOf(ledger, 0), verify);
    expect(verdict).toMatchObject({ kind: "false", reason: expect.stringContaining("caller") });
  });
});
