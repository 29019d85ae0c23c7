import { verifySr25519Fast } from "@neurond/crypto";
import { INVOCATION_COLUMNS, type InvocationRow, invocationReader } from "@neurond/exports";
import { isCoded } from "@neurond/primitives";
import { isOrganic, judgeOrganic } from "@neurond/receipts";

/** What the receipt in a row shows. */
export interface CheckedReceipt {
  readonly verdict: "proven" | "false";
  readonly reason: string | null;
  /** Who asked; null where nobody signed. */
  readonly caller: string | null;
  /** Whether the caller's own signature shows that it did. */
  readonly caller_proof: "proven" | "unprovable" | "anonymous" | null;
  readonly request_id: string | null;
}

/** Checks the signed receipt of a row that is a request through a miner's proxy; null for any other row. */
export async function checkReceipt(cells: readonly string[]): Promise<CheckedReceipt | null> {
  const row = readRow(cells);
  if (row === null || !isOrganic(row)) return null;
  const verdict = await judgeOrganic(row, verifySr25519Fast);
  const nobody = { caller: null, caller_proof: null, request_id: null };
  if (verdict.kind === "false") return { verdict: "false", reason: verdict.reason, ...nobody };
  const { receipt, caller } = verdict;
  return {
    verdict: "proven",
    reason: null,
    caller: receipt.caller?.hotkey ?? null,
    caller_proof: caller === "disproven" ? null : caller,
    request_id: receipt.request_id,
  };
}

function readRow(cells: readonly string[]): InvocationRow | null {
  try {
    return invocationReader(INVOCATION_COLUMNS)(cells);
  } catch (error) {
    if (isCoded(error)) return null;
    throw error;
  }
}
