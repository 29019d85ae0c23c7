import {
  type Hex,
  readHotkey,
  toBlockNumber,
  toNetuid,
  toUid,
  type Uid,
} from "@neurond/primitives";
import { z } from "zod";
import { candidateHash } from "./candidates.ts";
import { drawBlock } from "./round.ts";
import { isAscending, SELECTION_RULES, type Selection, selectUids } from "./select.ts";
import { PURPOSES } from "./sha256-draw.ts";

/** `task_name` of a selection in the event log. */
export const SELECTION_TASK = "Select";

const MAX_UIDS = 65_536;
const uid = z.int().min(0).max(65_535);
const hash = z.string().regex(/^0x[0-9a-f]{64}$/);

/** A draw as the event log keeps it: enough to draw again, and to compare with the chain. */
export const SelectionRecord = z.strictObject({
  task_name: z.literal(SELECTION_TASK),
  rule: z.enum(SELECTION_RULES),
  netuid: z.int().min(0).max(4095),
  block: z.int().min(0).max(0xffff_ffff),
  block_hash: hash,
  blocks_per_step: z.int().min(1).max(1_000_000),
  purpose: z.enum(PURPOSES),
  /** Null when the draw does not depend on who validates. */
  validator: z.string().nullable(),
  k: z.int().min(0).max(MAX_UIDS),
  candidates: z.array(uid).max(MAX_UIDS),
  candidates_hash: hash,
  /** Left out though the chain would have them. */
  excluded: z.array(uid).max(MAX_UIDS),
  uids: z.array(uid).max(MAX_UIDS),
});
export type SelectionRecord = z.output<typeof SelectionRecord>;

/** What a record can be wrong in. */
export type SelectionFault =
  | "ROUND" // the hash of another block than the round's first was used
  | "CANDIDATES" // not ascending, or one of them is excluded
  | "CANDIDATES_HASH"
  | "VALIDATOR" // not a hotkey
  | "UIDS" // others were drawn than the rule draws
  | "BLOCK_HASH" // the chain knows another hash of this block
  | "CHAIN_CANDIDATES"; // the chain had other candidates at this block

/** What the chain says of the block of a record. */
export interface ChainFacts {
  readonly blockHash: Hex;
  /** Without exclusions. */
  readonly candidates: readonly Uid[];
}

/** Draws and writes down what was drawn from what. */
export function recordSelection(
  selection: Selection,
  circumstances: { readonly blocksPerStep: number; readonly excluded: readonly Uid[] },
): SelectionRecord {
  const { rule, netuid, block, blockHash, purpose, validator, candidates, count } = selection;
  return {
    task_name: SELECTION_TASK,
    rule,
    netuid,
    block,
    block_hash: blockHash.toLowerCase(),
    blocks_per_step: circumstances.blocksPerStep,
    purpose,
    validator: validator ?? null,
    k: count,
    candidates: [...candidates],
    candidates_hash: candidateHash(candidates),
    excluded: [...circumstances.excluded].sort((a, b) => a - b),
    uids: [...selectUids(selection)],
  };
}

/** The first thing wrong with a record, or null. With facts of the chain it is held against them too. */
export function checkSelection(record: SelectionRecord, chain?: ChainFacts): SelectionFault | null {
  const { block, blocks_per_step, candidates } = record;
  const excluded = new Set(record.excluded);
  if (drawBlock(toBlockNumber(block), blocks_per_step) !== block) return "ROUND";
  if (!isAscending(candidates) || candidates.some((one) => excluded.has(one))) {
    return "CANDIDATES";
  }
  if (candidateHash(candidates) !== record.candidates_hash) return "CANDIDATES_HASH";
  const selection = selectionOf(record);
  if (selection === null) return "VALIDATOR";
  if (!sameList(selectUids(selection), record.uids)) return "UIDS";
  if (chain === undefined) return null;
  if (chain.blockHash.toLowerCase() !== record.block_hash) return "BLOCK_HASH";
  const expected = chain.candidates.filter((one) => !excluded.has(one));
  return sameList(expected, candidates) ? null : "CHAIN_CANDIDATES";
}

function selectionOf(record: SelectionRecord): Selection | null {
  const validator = record.validator === null ? undefined : readHotkey(record.validator);
  if (validator === null) return null;
  return {
    rule: record.rule,
    netuid: toNetuid(record.netuid),
    block: toBlockNumber(record.block),
    blockHash: record.block_hash as Hex, // its form is checked by the schema
    purpose: record.purpose,
    validator,
    candidates: record.candidates.map(toUid),
    count: record.k,
  };
}

function sameList(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}
