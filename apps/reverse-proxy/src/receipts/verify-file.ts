import { open } from "node:fs/promises";
import type { Verify } from "@neurond/crypto";
import { type Hotkey, readHotkey } from "@neurond/primitives";
import {
  type CallerProof,
  checkCaller,
  type ExportFault,
  ExportHeader,
  ProvenReceipt,
  verifyExport,
  verifyReceipt,
} from "@neurond/receipts";
import { readLines } from "./read-lines.ts";

/** What a file of receipts shows. */
export type FileVerdict =
  | {
      readonly ok: true;
      /** Who signed for them; null where nobody did. */
      readonly miner: string | null;
      readonly requests: number;
      /** Receipts the miner says it lost. */
      readonly lost: number;
      readonly callers: Readonly<Record<CallerProof, number>>;
    }
  | { readonly ok: false; readonly fault: ExportFault; readonly line: number };

export interface VerifyFileOptions {
  /** Whose receipts they have to be; without it whoever signed is believed to be who it says. */
  readonly miner?: Hotkey;
  readonly verify: Verify;
}

/** One receipt is shorter; a longer file can only be an export. */
const MAX_SINGLE_BYTES = 1_048_576;

/** Verifies a file offline: an export, or one receipt with its proof. Rejects where it cannot be read. */
export async function verifyReceiptsFile(
  path: string,
  options: VerifyFileOptions,
): Promise<FileVerdict> {
  const head = await beginningOf(path);
  const single = ProvenReceipt.safeParse(parsed(head));
  if (single.success) return verifySingle(single.data, options);
  const header = ExportHeader.safeParse(parsed(head.split("\n", 1)[0] ?? ""));
  if (!header.success) return refused("HEADER_INVALID");
  const signer = signerOf(header.data.checkpoint.hotkey, options);
  if (signer === undefined) return refused("SIGNATURE_INVALID");
  const verdict = await verifyExport(textsOf(path), { hotkey: signer, verify: options.verify });
  if (!verdict.ok) return verdict;
  const { requests, lost, callers } = verdict;
  return { ok: true, miner: signer, requests, lost, callers };
}

async function verifySingle(
  proven: ProvenReceipt,
  options: VerifyFileOptions,
): Promise<FileVerdict> {
  const miner = signerOf(proven.checkpoint.hotkey, options);
  const receipt = miner ? verifyReceipt(proven, miner, options.verify) : null;
  if (!miner || receipt?.kind !== "request") return refused("SIGNATURE_INVALID");
  const proof = await checkCaller(receipt);
  if (proof === "disproven") return refused("RECEIPT_DISPROVEN");
  const callers = { proven: 0, disproven: 0, unprovable: 0, anonymous: 0, [proof]: 1 };
  return { ok: true, miner, requests: 1, lost: 0, callers };
}

/** Who has to have signed: null for nobody, undefined where it cannot be who is named. */
function signerOf(claimed: string | null, { miner }: VerifyFileOptions): Hotkey | null | undefined {
  if (miner !== undefined) return claimed === miner ? miner : undefined;
  if (claimed === null) return null;
  return readHotkey(claimed) ?? undefined;
}

async function* textsOf(path: string): AsyncGenerator<string> {
  for await (const { text } of readLines(path)) yield text;
}

async function beginningOf(path: string): Promise<string> {
  await using file = await open(path);
  const bytes = Buffer.alloc(MAX_SINGLE_BYTES);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  return bytes.toString("utf8", 0, bytesRead);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const refused = (fault: ExportFault) => ({ ok: false, fault, line: 1 }) as const;
