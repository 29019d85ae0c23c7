import { setImmediate as turn } from "node:timers/promises";
import { foldPeaks, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, fromHex, toHex } from "@neurond/primitives";
import {
  decodeReceipt,
  ExportHeader,
  MAX_RECEIPT_CHARS,
  proveEach,
  RECEIPT_TREE,
  verifyExport,
} from "@neurond/receipts";
import type { ReceiptLedger, Receipts } from "@neurond/store";
import type { ValidatorCode } from "../errors.ts";
import {
  checkSender,
  type IntakeDeps,
  requireNeuron,
  type SentReport,
} from "./take-miner-report.ts";

/** What judging receipts takes. */
export interface ReceiptDeps extends Pick<IntakeDeps, "netuid" | "chain" | "now"> {
  readonly receipts: Receipts;
  /** Of one miner that may wait for the next slice. */
  readonly maxWaiting: number;
}

/** Each has signatures to check; a proxy hands in longer ledgers piece by piece. */
const MAX_LINES = 2_001;
const LINES_A_TURN = 50;
/** A ledger is begun anew where a disk was lost, which no miner does every day. */
const MAX_LEDGERS = 16;

/**
 * Takes receipts of a miner's proxy, as its own export of them: one after the other from where the last ones
 * ended, signed for by the miner, each proven in its ledger. What is not whole is not taken at all.
 *
 * @throws CodedError MINER_REPORT_UNSIGNED, PROXY_RECEIPTS_INVALID, PROXY_RECEIPTS_TAKEN, PROXY_RECEIPTS_LATER
 */
export async function takeReceipts(
  deps: ReceiptDeps,
  sent: Omit<SentReport, "block">,
  signal: AbortSignal,
): Promise<ReceiptLedger> {
  checkSender(sent, deps.now);
  const { receipts, maxWaiting, now } = deps;
  const { hotkey } = sent;
  const lines = Buffer.from(sent.body).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length > MAX_LINES) throw invalid(`more than ${MAX_LINES - 1} receipts at once`);
  const header = readHeader(lines[0] ?? "");
  const { first, checkpoint } = header;
  const { ledger_id: ledgerId, size: next, root } = checkpoint;
  requireFollowing(await receipts.ledgers(hotkey), ledgerId, header);
  const room = maxWaiting - (await receipts.waiting(hotkey));
  if (lines.length - 1 > room) throw later(maxWaiting);
  await requireNeuron(deps, hotkey, signal);
  const verdict = await verifyExport(inTurns(lines), { hotkey, verify: verifySr25519Fast });
  if (!verdict.ok) throw invalid(`${verdict.fault} in line ${verdict.line}`);
  const proven = await proveEach(header, lines.slice(1));
  const kept = proven
    .filter(({ receipt }) => decodeReceipt(receipt)?.kind === "request")
    .map((one) => ({ index: one.index, text: JSON.stringify(one) }))
    .filter(({ text }) => text.length <= MAX_RECEIPT_CHARS);
  const takenUs = now() * 1_000;
  const batch = { hotkey, ledgerId, first, next, root, takenUs, receipts: kept };
  if (!(await receipts.take(batch))) throw taken();
  return { ledgerId, next, root };
}

/** Signatures of hundreds of callers take a while, in which others have their turn. */
async function* inTurns(lines: readonly string[]): AsyncGenerator<string> {
  for (const [at, line] of lines.entries()) {
    if (at % LINES_A_TURN === 0) await turn();
    yield line;
  }
}

/** What was handed in stands: nothing of it comes twice, and nothing in front of the new may have changed. */
function requireFollowing(
  ledgers: readonly ReceiptLedger[],
  ledgerId: string,
  { first, peaks, checkpoint }: ExportHeader,
): void {
  const known = ledgers.find((ledger) => ledger.ledgerId === ledgerId);
  if (known === undefined) {
    if (ledgers.length >= MAX_LEDGERS) throw invalid(`more than ${MAX_LEDGERS} ledgers`);
    return;
  }
  if (first < known.next || checkpoint.size <= known.next) throw taken();
  const isSame = toHex(foldPeaks(RECEIPT_TREE, peaks.map(fromHex))).slice(2) === known.root;
  if (first === known.next && !isSame) throw invalid("the ledger is not the one it was");
}

function readHeader(text: string): ExportHeader {
  try {
    const header = ExportHeader.parse(JSON.parse(text));
    if (header.checkpoint.size > header.first) return header;
  } catch {
    // Said below.
  }
  throw invalid("it does not begin with the header of an export that holds receipts");
}

const invalid = (reason: string) =>
  new CodedError<ValidatorCode>("PROXY_RECEIPTS_INVALID", `receipts refused: ${reason}`);
const taken = () =>
  new CodedError<ValidatorCode>(
    "PROXY_RECEIPTS_TAKEN",
    "receipts refused: some of them are here already; ask where to go on",
  );
const later = (most: number) =>
  new CodedError<ValidatorCode>(
    "PROXY_RECEIPTS_LATER",
    `receipts refused: with them more than ${most} would wait for the next slice; come again after it`,
  );
