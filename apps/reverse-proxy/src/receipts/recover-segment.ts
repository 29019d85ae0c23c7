import type { MerkleBuilder } from "@neurond/crypto";
import { CodedError, toHex } from "@neurond/primitives";
import {
  type Checkpoint,
  decodeReceipt,
  readCheckpoint,
  readFoundReceipt,
} from "@neurond/receipts";
import type { ReceiptCode } from "./errors.ts";
import { OpenSegment, openSegmentFiles, type PreparedReceipt } from "./open-segment.ts";
import { preparedAs } from "./prepare-receipt.ts";
import { readLines } from "./read-lines.ts";
import { segmentFiles } from "./segment-shape.ts";

/** A segment to go on with, and the last head that was signed in it. */
export interface Recovered {
  readonly segment: OpenSegment;
  readonly checkpoint: Checkpoint | null;
}

/** Written to the tree file at a time. */
const BATCH = 512;

/**
 * Opens the last segment of a ledger as a crash may have left it. What is behind the last checkpoint
 * and no whole receipt is cut off: nobody was promised it. What is before must hash to what was
 * signed. @throws CodedError RECEIPTS_DAMAGED
 */
export async function recoverSegment(
  directory: string,
  number: number,
  tree: MerkleBuilder,
): Promise<Recovered> {
  const paths = segmentFiles(directory, number);
  const files = await openSegmentFiles(directory, number);
  const segment = new OpenSegment(number, tree, files);
  try {
    const { checkpoints, end } = await readCheckpoints(paths.checkpoints);
    const last = checkpoints.at(-1) ?? null;
    await segment.dropDerived();
    const textBytes = await adoptAll(segment, paths.texts, checkpoints);
    if (last !== null && last.size > segment.size)
      throw damaged(`${last.size} receipts were signed and only ${segment.size} are there`);
    await segment.cut(textBytes, end);
    return { segment, checkpoint: last };
  } catch (error) {
    await segment[Symbol.asyncDispose]();
    throw error;
  }
}

/** Reads receipts up to where they are whole, and compares with every head that was signed on the way. */
async function adoptAll(
  segment: OpenSegment,
  path: string,
  checkpoints: readonly Checkpoint[],
): Promise<number> {
  const signedSize = checkpoints.at(-1)?.size ?? 0;
  const signed = new Map(checkpoints.map(({ size, root }) => [size, root]));
  let batch: PreparedReceipt[] = [];
  let [batchOffset, end, size] = [0, 0, segment.size];
  const adopt = async () => {
    await segment.adopt(batch, batchOffset);
    [batch, batchOffset] = [[], end];
    const root = signed.get(size);
    if (root !== undefined && root !== toHex(segment.root()).slice(2))
      throw damaged(`receipts up to ${size} are not those that were signed`);
  };
  for await (const line of readLines(path)) {
    const isFull = batch.length === segment.room;
    const receipt = isFull ? null : prepareText(line.text, size < signedSize);
    if (receipt === null) break;
    batch.push(receipt);
    [end, size] = [line.end, size + 1];
    if (batch.length === BATCH || signed.has(size)) await adopt();
  }
  await adopt();
  return end;
}

/** What was signed need not be judged as well: a receipt that is none would give another root. */
function prepareText(text: string, isSigned: boolean): PreparedReceipt | null {
  const receipt = isSigned ? readFoundReceipt(text) : decodeReceipt(text);
  return receipt && preparedAs(text, receipt);
}

async function readCheckpoints(path: string) {
  const checkpoints: Checkpoint[] = [];
  let end = 0;
  for await (const line of readLines(path)) {
    const checkpoint = readCheckpoint(line.text);
    // Not written whole: then no one was given it either.
    if (checkpoint === undefined) break;
    checkpoints.push(checkpoint);
    end = line.end;
  }
  return { checkpoints, end };
}

function damaged(what: string): CodedError<ReceiptCode> {
  return new CodedError(
    "RECEIPTS_DAMAGED",
    `${what}; keep the directory as evidence and give another`,
  );
}
