import type { InvocationRow } from "@neurond/exports";
import { organicRow, ProvenReceipt, RequestReceipt } from "@neurond/receipts";
import type { ReceiptPlace, Receipts } from "@neurond/store";

const PAGE = 500;

/** The receipts of a slice as rows, page by page; they were checked when they were taken. */
export async function* organicRows(
  receipts: Pick<Receipts, "page">,
  endUs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly InvocationRow[]> {
  let after: ReceiptPlace | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page = await receipts.page(endUs, after, PAGE);
    yield page.map(({ hotkey, text }) => {
      const proven = ProvenReceipt.parse(JSON.parse(text));
      return organicRow(hotkey, RequestReceipt.parse(JSON.parse(proven.receipt)), proven);
    });
    after = page.at(-1) ?? null;
    if (page.length < PAGE) return;
  }
}
