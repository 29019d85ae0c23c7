import type { Verify } from "@neurond/crypto";
import type { CheckSignature } from "@neurond/epistula";
import { type InvocationRow, invocationCells } from "@neurond/exports";
import { type Hotkey, readHotkey } from "@neurond/primitives";
import { base64urlnopad, utf8 } from "@scure/base";
import { type CallerProof, checkCaller } from "./check-caller.ts";
import { ledgerUuid, proxyUuid, receiptUuid, requestUuid, routeUuid } from "./names.ts";
import { ProvenReceipt, verifyReceipt } from "./proven-receipt.ts";
import type { RequestReceipt } from "./receipt.ts";

/** The function of rows that are requests through a miner's proxy, not tasks of the validator. */
export const ORGANIC = "organic";

/** Longer ones do not fit into a cell that every reader takes. */
export const MAX_RECEIPT_CHARS = 40_000;

/**
 * A request that somebody made of a miner through its proxy, as a row of an invocations export. Its trace
 * is the signed receipt itself, so the row proves what it says. Nobody is paid for it: the miner is one of
 * the two who vouch, and may be the other as well, so its uid is -1, which every auditor passes over.
 */
export function organicRow(
  miner: Hotkey,
  receipt: RequestReceipt,
  proven: ProvenReceipt,
): InvocationRow {
  const { ledger_id: ledgerId } = proven.checkpoint;
  const startedAt = receipt.received_ms * MICROS_PER_MS;
  return {
    parent_invocation_id: requestUuid(miner, receipt.request_id),
    invocation_id: receiptUuid(miner, { ledgerId, index: proven.index }),
    chute_id: routeUuid(miner, receipt.route),
    chute_user_id: null,
    function_name: ORGANIC,
    image_id: ledgerUuid(miner, ledgerId),
    image_user_id: null,
    instance_id: proxyUuid(miner, ledgerId),
    miner_uid: NOBODY,
    miner_hotkey: miner,
    started_at: startedAt,
    completed_at: Math.max(startedAt, receipt.ended_ms * MICROS_PER_MS),
    error_message: errorOf(receipt),
    compute_multiplier: 0,
    bounty: 0,
    metrics: { receipt: base64urlnopad.encode(utf8.decode(JSON.stringify(proven))) },
  };
}

/** Whether a row is one of requests through a proxy. */
export const isOrganic = ({ function_name }: Pick<InvocationRow, "function_name">): boolean =>
  function_name === ORGANIC;

/** What a row's receipt shows. */
export type OrganicVerdict =
  | {
      readonly kind: "proven";
      readonly receipt: RequestReceipt;
      /** Whether its caller is proven too. */
      readonly caller: CallerProof;
      readonly ledgerId: string;
      readonly index: number;
    }
  | { readonly kind: "false"; readonly reason: string };

/** Checks a row against the receipt it carries: the miner's signature, its place in the ledger, every cell, the caller. */
export async function judgeOrganic(
  row: InvocationRow,
  verify: Verify,
  check?: CheckSignature,
): Promise<OrganicVerdict> {
  const miner = readHotkey(row.miner_hotkey);
  const proven = readTrace(row.metrics?.receipt);
  if (miner === null || proven === null) return wrong("it carries no receipt");
  const receipt = verifyReceipt(proven, miner, verify);
  if (receipt === null)
    return wrong("its receipt is not in a ledger that its miner signed, or was changed");
  if (receipt.kind !== "request") return wrong("its receipt is of no request");
  const [own, expected] = [row, organicRow(miner, receipt, proven)].map(invocationCells);
  const differs = expected?.some((cell, at) => own?.[at] !== cell);
  if (differs) return wrong("it says something else than its receipt");
  const caller = await checkCaller(receipt, check);
  if (caller === "disproven") return wrong("its caller did not sign what the receipt says");
  const { index, checkpoint } = proven;
  return { kind: "proven", receipt, caller, ledgerId: checkpoint.ledger_id, index };
}

const NOBODY = -1;
const MICROS_PER_MS = 1_000;
const OK_BELOW = 400;

function errorOf({ outcome, code, failure, status }: RequestReceipt): string | null {
  if (code !== null) return `DENIED ${code}`;
  if (failure !== null) return `FAILED ${failure}`;
  if (outcome === "left") return "LEFT";
  return status < OK_BELOW ? null : `STATUS ${status}`;
}

function readTrace(text: string | undefined): ProvenReceipt | null {
  if (text === undefined) return null;
  try {
    const json: unknown = JSON.parse(utf8.encode(base64urlnopad.decode(text)));
    return ProvenReceipt.safeParse(json).data ?? null;
  } catch {
    return null;
  }
}

const wrong = (reason: string) => ({ kind: "false", reason }) as const;
