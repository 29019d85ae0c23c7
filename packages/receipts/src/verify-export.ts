import { MerkleBuilder, type Verify } from "@neurond/crypto";
import type { CheckSignature } from "@neurond/epistula";
import { fromHex, type Hotkey, toHex } from "@neurond/primitives";
import { type CallerProof, checkCaller } from "./check-caller.ts";
import { type Checkpoint, isCheckpointOf } from "./checkpoint.ts";
import { ExportHeader } from "./export-header.ts";
import { decodeReceipt, type Receipt } from "./receipt.ts";
import { RECEIPT_TREE, receiptLeaf } from "./tree.ts";

/** Why an export is not believed, and in which line. */
export type ExportFault =
  | "HEADER_INVALID"
  | "RECEIPT_INVALID"
  | "RECEIPT_DISPROVEN"
  | "SIZE_MISMATCH"
  | "ROOT_MISMATCH"
  | "SIGNATURE_INVALID";

/** What an export shows. */
export type ExportVerdict =
  | {
      readonly ok: true;
      readonly checkpoint: Checkpoint;
      readonly first: number;
      readonly requests: number;
      /** Receipts the miner says it lost. */
      readonly lost: number;
      readonly callers: Readonly<Record<CallerProof, number>>;
    }
  | { readonly ok: false; readonly fault: ExportFault; readonly line: number };

export interface VerifyExportOptions {
  /** Whose receipts they should be; null takes a ledger that nobody signs. */
  readonly hotkey: Hotkey | null;
  readonly verify: Verify;
  /** Checks callers' signatures with this; by default in this thread. */
  readonly check?: CheckSignature;
  /** Hears of each receipt, in order; what it heard counts only if the verdict is good. */
  readonly onReceipt?: (receipt: Receipt, index: number) => void;
}

/**
 * Verifies a whole export offline, line by line: nothing in it was changed, added or left out after
 * the miner signed, and every caller named asked for what is said, as far as its signature reaches.
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  { hotkey, verify, check, onReceipt }: VerifyExportOptions,
): Promise<ExportVerdict> {
  let header: ExportHeader | null = null;
  let tree: MerkleBuilder | null = null;
  let [line, requests, lost] = [0, 0, 0];
  const callers = { proven: 0, disproven: 0, unprovable: 0, anonymous: 0 };
  const refuse = (fault: ExportFault) => ({ ok: false, fault, line }) as const;
  for await (const text of lines) {
    line += 1;
    if (header === null || tree === null) {
      header = readHeader(text);
      tree = header && treeBefore(header);
      if (tree === null) return refuse("HEADER_INVALID");
      continue;
    }
    const receipt = decodeReceipt(text);
    if (receipt === null) return refuse("RECEIPT_INVALID");
    if (tree.size >= header.checkpoint.size) return refuse("SIZE_MISMATCH");
    onReceipt?.(receipt, tree.size);
    tree.append(receiptLeaf(text));
    if (receipt.kind === "gap") {
      lost += receipt.lost;
      continue;
    }
    requests += 1;
    const proof = await checkCaller(receipt, check);
    callers[proof] += 1;
    if (proof === "disproven") return refuse("RECEIPT_DISPROVEN");
  }
  if (header === null || tree === null) return refuse("HEADER_INVALID");
  const { checkpoint, first } = header;
  if (tree.size !== checkpoint.size) return refuse("SIZE_MISMATCH");
  if (toHex(tree.root()).slice(2) !== checkpoint.root) return refuse("ROOT_MISMATCH");
  const isSigned =
    hotkey === null ? checkpoint.hotkey === null : isCheckpointOf(checkpoint, hotkey, verify);
  if (!isSigned) return refuse("SIGNATURE_INVALID");
  return { ok: true, checkpoint, first, requests, lost, callers };
}

function readHeader(text: string): ExportHeader | null {
  try {
    return ExportHeader.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function treeBefore({ first, peaks }: ExportHeader): MerkleBuilder | null {
  try {
    return new MerkleBuilder(RECEIPT_TREE, first, peaks.map(fromHex));
  } catch {
    return null;
  }
}
