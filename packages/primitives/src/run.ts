import { CodedError, type PrimitivesCode } from "./errors.ts";
import { type BlockNumber, toBlockNumber } from "./ids.ts";

declare const runId: unique symbol;

/** Name of a run, such as `run-7`; it fits a commitment on chain and a file name. */
export type RunId = string & { readonly [runId]: true };

/** A stretch of blocks scored as a whole. */
export interface RunSpan {
  readonly id: RunId;
  readonly index: number;
  /** The first block of the run. */
  readonly start: BlockNumber;
  /** The first block after the run, at which it closes. */
  readonly close: BlockNumber;
}

/** One commitment field holds 128 bytes; prefix, separator and hash leave 47 for the run. */
const RUN_ID = /^[A-Za-z0-9._-]{1,47}$/;

/** Checks the name of a run from outside. */
export function toRunId(text: string): RunId {
  if (RUN_ID.test(text)) return text as RunId;
  throw new CodedError<PrimitivesCode>(
    "RUN_ID_INVALID",
    `text of ${text.length} characters is not a run id: give 1 to 47 of A-Z a-z 0-9 . _ -`,
    { length: text.length },
  );
}

/** The run a block belongs to: every `runBlocks` blocks, counted from block 0, make one. */
export function runAt(block: BlockNumber, runBlocks: number): RunSpan {
  return runOf(Math.floor(block / checked(runBlocks)), runBlocks);
}

/** The run of an index, `run-<index>`. */
export function runOf(index: number, runBlocks: number): RunSpan {
  const start = toBlockNumber(index * checked(runBlocks));
  const close = toBlockNumber(start + runBlocks);
  return { id: toRunId(`run-${index}`), index, start, close };
}

function checked(runBlocks: number): number {
  if (Number.isSafeInteger(runBlocks) && runBlocks > 0) return runBlocks;
  throw new CodedError<PrimitivesCode>(
    "ID_OUT_OF_RANGE",
    `a run of ${runBlocks} blocks cannot be: give a positive integer`,
    { runBlocks },
  );
}
