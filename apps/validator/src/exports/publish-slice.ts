import type { CommitmentField, Submission } from "@neurond/chain";
import { commitmentFields, digestOf, entryId, reportPath } from "@neurond/exports";
import { encodeScoresCommitment, parseCommitment } from "@neurond/ledger";
import { type BlockNumber, CodedError, fromHex, toBlockNumber, toHex } from "@neurond/primitives";
import type { ExportReports, ExportSlice } from "@neurond/store";
import type { ValidatorCode } from "../errors.ts";
import { nextSteps } from "../next-steps.ts";
import { readFacts } from "../run-facts.ts";
import { fieldsOf } from "../scan-commitments.ts";
import type { Validator } from "../validator.ts";
import type { ExportFiles } from "./export-files.ts";

/** What publishing needs. */
export interface PublishDeps {
  readonly validator: Validator;
  readonly files: ExportFiles;
  readonly reports: ExportReports;
}

/** Longest wait for a block: whoever waits keeps the commitment of a run from being made. */
const SEND_MS = 60_000;
/** Blocks after which a commitment that was sent, and is in none of them, is sent again. */
const PATIENCE_BLOCKS = 16;
/** Room left in the epoch for the commitments of runs, in bytes; each takes up to 255. */
const RESERVED_BYTES = 1_024;

/**
 * Takes a built slice one step on: to the chain, until a final block holds it, into the listing. True when it
 * is listed. Where it stands is noted before and after each step, so a restart goes on from there.
 */
export async function publishSlice(
  deps: PublishDeps,
  slice: ExportSlice,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<boolean> {
  const { chain } = deps.validator;
  const { number: finalized } = await chain.head({ at: "finalized", signal });
  const held = slice.sentBlock === null ? null : await findIn(deps, slice, finalized, signal);
  if (held !== null) {
    await list(deps, slice, held);
    return true;
  }
  const isUnderway = slice.sentBlock !== null && finalized < slice.sentBlock + PATIENCE_BLOCKS;
  if (!isUnderway) await send(deps, slice, head, finalized, signal);
  return false;
}

/** The final block that holds a slice; null when none of those that may does. */
async function findIn(
  { validator }: PublishDeps,
  { sha256, sentBlock, block }: ExportSlice,
  finalized: BlockNumber,
  signal: AbortSignal,
): Promise<BlockNumber | null> {
  const { chain, identity } = validator;
  const { netuid, hotkey } = identity;
  const first = (sentBlock ?? 0) + 1;
  // Where it was seen it mostly is; elsewhere only after a reorganisation, or when the answer was lost.
  const likely = block === null ? first : block;
  const last = Math.min(finalized, first + PATIENCE_BLOCKS * 4);
  const ranges = [
    { from: likely, to: block === null ? last : block },
    { from: first, to: last },
  ];
  for (const { from, to } of ranges) {
    if (from > to || to > finalized) continue;
    const range = { from: toBlockNumber(from), to: toBlockNumber(to), netuid };
    for await (const seen of chain.scanCommitments(range, { signal })) {
      const digest = seen.hotkey === hotkey ? digestOf(seen.fields) : null;
      if (digest !== null && toHex(digest) === `0x${sha256}`) return seen.block;
    }
  }
  return null;
}

async function send(
  deps: PublishDeps,
  slice: ExportSlice,
  head: BlockNumber,
  finalized: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { validator, reports, files } = deps;
  const { chain, identity, slot, log, stores, rules } = validator;
  const { netuid, hotkey, signer } = identity;
  await requirePending(files, slice);
  await slot.take(async () => {
    const factsOf = await readFacts(stores.journal, head, rules.plan);
    const steps = nextSteps({ head, finalized, factsOf }, rules.plan);
    // The run's own commitment must not be overwritten before it is final.
    if (steps.some(({ kind }) => kind === "freeze" || kind === "open" || kind === "anchor")) return;
    const { commitmentBytesLeft } = await chain.windows({ netuid, hotkey }, { signal });
    const fields = await sliceFields(validator, slice);
    if (commitmentBytesLeft < bytesOf(fields) + RESERVED_BYTES) return;
    await reports.sending(slice.endUs, head);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]);
    const sent = await chain.setCommitment(signer, { netuid, fields }, { signal: limit });
    if (sent.kind === "included") await reports.included(slice.endUs, sent.block);
    else if (sent.kind !== "unconfirmed") await reports.unsent(slice.endUs);
    log[level(sent)]({ sequence: slice.sequence, result: sent }, "slice sent to the chain");
  });
}

const level = ({ kind }: Submission) => (kind === "rejected" ? "warn" : "info");

/**
 * The digest and the tree of a slice, and the scores this validator committed to last: whoever reads only the
 * slot, and not the blocks, finds the newest of both. Scores are repeated only once a final block holds
 * them, so that no repetition is ever the first.
 */
async function sliceFields(
  { stores }: Validator,
  { sha256, treeRoot, treeSize }: ExportSlice,
): Promise<readonly CommitmentField[]> {
  const tree = { size: treeSize, root: fromHex(`0x${treeRoot}`) };
  const own = commitmentFields(fromHex(`0x${sha256}`), tree);
  const anchored = await stores.journal.latest("anchored");
  const anchor =
    anchored === undefined ? {} : await stores.journal.read(anchored.index, ["anchor"]);
  const { scores } = parseCommitment(anchor.anchor?.fields ?? []);
  return scores === undefined ? own : [...own, ...fieldsOf([encodeScoresCommitment(scores)])];
}

function bytesOf(fields: readonly CommitmentField[]): number {
  return fields.reduce((sum, field) => sum + (field.kind === "raw" ? field.bytes.length : 32), 0);
}

async function list(
  { validator, files, reports }: PublishDeps,
  slice: ExportSlice,
  block: BlockNumber,
): Promise<void> {
  const { identity, now, log } = validator;
  const path = reportPath("validator", identity.hotkey, block);
  const place = files.place(path);
  if (place === null) throw new TypeError(`${path} is no path of a report`);
  const bytes = (await files.read(files.pending(slice.sha256))) ?? (await files.read(place));
  if (bytes === null) throw lost(slice);
  await files.write(place, bytes);
  const listed = { entryId: entryId(identity.hotkey, block), path, createdUs: now() * 1_000 };
  await reports.included(slice.endUs, block);
  await reports.list(slice.endUs, listed);
  await files.remove(files.pending(slice.sha256));
  log.info({ sequence: slice.sequence, rows: slice.treeSize, block, path }, "slice published");
}

/** What is committed to must be there to be shown; better not to commit than to commit to nothing. */
async function requirePending(files: ExportFiles, slice: ExportSlice): Promise<void> {
  if ((await files.read(files.pending(slice.sha256))) === null) throw lost(slice);
}

function lost({ sha256, sequence }: ExportSlice): CodedError<ValidatorCode> {
  const message = `report ${sequence} (${sha256}) is not in the directory of exports: restore it from a backup`;
  return new CodedError("EXPORT_DAMAGED", message, { sha256, sequence });
}
