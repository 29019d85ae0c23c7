import { createHash } from "node:crypto";
import type { Chain } from "@neurond/chain";
import { verifySr25519Fast } from "@neurond/crypto";
import { digestOf, entryId, MICROS_PER_HOUR, parseMinerReport, reportPath } from "@neurond/exports";
import {
  CodedError,
  fromHex,
  type Hotkey,
  type Netuid,
  publicKeyOf,
  toBlockNumber,
  toHex,
} from "@neurond/primitives";
import type { MinerReportRecord, MinerReports } from "@neurond/store";
import type { ValidatorCode } from "../errors.ts";
import type { ExportFiles } from "./export-files.ts";

/** A report as it comes in. */
export interface SentReport {
  readonly hotkey: Hotkey;
  /** Unix seconds. */
  readonly nonce: string;
  readonly signature: string;
  readonly block: number;
  readonly body: Uint8Array;
}

/** What judging it takes. */
export interface IntakeDeps {
  readonly netuid: Netuid;
  readonly chain: Pick<Chain, "metagraph" | "scanCommitments">;
  readonly files: ExportFiles;
  readonly reports: MinerReports;
  /** Reports cover slices of this length, aligned to it. */
  readonly sliceUs: number;
  readonly now: () => number;
}

const NONCE_SECONDS = 600;
const SECONDS = /^\d{1,12}$/;
const SIGNATURE = /^(?:0x)?([0-9a-f]{128})$/i;

/** Who may send, before anything is read that is long. @throws CodedError MINER_REPORT_UNSIGNED */
export function checkSender(sent: Omit<SentReport, "block">, now: () => number): void {
  const { hotkey, nonce, signature, body } = sent;
  const seconds = SECONDS.test(nonce) ? Number(nonce) : Number.NaN;
  if (!(Math.abs(seconds - now() / 1_000) <= NONCE_SECONDS)) {
    throw unsigned(`the nonce is not within ${NONCE_SECONDS} s of now, in unix seconds`);
  }
  const [, digits] = SIGNATURE.exec(signature) ?? [];
  const message = Buffer.from(`${hotkey}:${nonce}:${sha256Hex(body)}`);
  const isValid =
    digits !== undefined &&
    verifySr25519Fast(publicKeyOf(hotkey), message, fromHex(`0x${digits.toLowerCase()}`));
  if (!isValid)
    throw unsigned("the signature does not cover {hotkey}:{nonce}:{sha256 of the body}");
}

/**
 * Takes a miner's report: of a neuron, of one whole slice, and committed to in the block it names. The same
 * report again is answered with what stands. @throws CodedError MINER_REPORT_UNSIGNED, MINER_REPORT_INVALID, MINER_REPORTED
 */
export async function takeMinerReport(
  deps: IntakeDeps,
  sent: SentReport,
  signal: AbortSignal,
): Promise<MinerReportRecord> {
  checkSender(sent, deps.now);
  const { hotkey, block, body } = sent;
  const sha256 = sha256Hex(body);
  const { start_time: startUs, end_time: endUs } = readReport(deps, hotkey, body);
  const id = entryId(hotkey, block);
  const standing = await deps.reports.standing({ entryId: id, hotkey, endUs });
  if (standing !== null) return sameOr(standing, sha256);
  await requireNeuron(deps, hotkey, signal);
  await requireCommitted(deps, { hotkey, block, sha256 }, signal);
  const path = reportPath("miner", hotkey, block);
  const place = deps.files.place(path);
  if (place === null) throw invalid("the block is none");
  await deps.files.write(place, body);
  const createdUs = deps.now() * 1_000;
  const record = { entryId: id, hotkey, block, path, sha256, startUs, endUs, createdUs };
  return sameOr(await deps.reports.keep(record), sha256);
}

/** @throws CodedError MINER_REPORT_UNSIGNED */
export async function requireNeuron(
  { chain, netuid }: Pick<IntakeDeps, "chain" | "netuid">,
  hotkey: Hotkey,
  signal: AbortSignal,
): Promise<void> {
  const { byHotkey } = await chain.metagraph({ netuid }, { signal });
  if (!byHotkey.has(hotkey)) throw unsigned("the hotkey is no neuron of this subnet");
}

function readReport({ sliceUs, now }: IntakeDeps, hotkey: Hotkey, body: Uint8Array) {
  const report = parseMinerReport(Buffer.from(body).toString("utf8"));
  const { miner_hotkey, start_time, end_time } = report;
  if (miner_hotkey !== hotkey) throw invalid("it is about another hotkey than it is sent by");
  const isAligned = end_time % sliceUs === 0 && end_time - start_time === sliceUs;
  // A miner of a subnet with short slices may report by the hour all the same.
  const isHour = end_time % MICROS_PER_HOUR === 0 && end_time - start_time === MICROS_PER_HOUR;
  if (!isAligned && !isHour) throw invalid("it covers no whole slice from its start to its end");
  if (end_time > now() * 1_000) throw invalid("its slice is not over yet");
  return report;
}

async function requireCommitted(
  { chain, netuid }: IntakeDeps,
  about: { readonly hotkey: Hotkey; readonly block: number; readonly sha256: string },
  signal: AbortSignal,
): Promise<void> {
  const block = toBlockNumber(about.block);
  for await (const seen of chain.scanCommitments({ from: block, to: block, netuid }, { signal })) {
    const digest = seen.hotkey === about.hotkey ? digestOf(seen.fields) : null;
    if (digest !== null && toHex(digest) === `0x${about.sha256}`) return;
  }
  throw invalid(`its hotkey did not commit to this digest in block ${about.block}`);
}

function sameOr(standing: MinerReportRecord, sha256: string): MinerReportRecord {
  if (standing.sha256 === sha256) return standing;
  throw new CodedError<ValidatorCode>(
    "MINER_REPORTED",
    "another report of this slice or block stands already",
    { path: standing.path },
  );
}

const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const unsigned = (reason: string) =>
  new CodedError<ValidatorCode>("MINER_REPORT_UNSIGNED", `what a miner sent is refused: ${reason}`);
const invalid = (reason: string) =>
  new CodedError<ValidatorCode>("MINER_REPORT_INVALID", `miner's report refused: ${reason}`);
