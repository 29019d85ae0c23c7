import { CodedError, type Uid } from "@neurond/primitives";
import type { StorageRulesCode } from "../errors.ts";
import { pythonSample } from "./python-sample.ts";
import { type DrawSeed, drawSeed, sha256Sample } from "./sha256-draw.ts";

/** Ways to draw: ours, or the one every validator of the seed follows. */
export const SELECTION_RULES = ["sha256", "python"] as const;
export type SelectionRule = (typeof SELECTION_RULES)[number];

/** A draw that anybody can repeat. The rule `python` looks at the block hash only. */
export interface Selection extends DrawSeed {
  readonly rule: SelectionRule;
  /** Ascending, as `candidateUids` gives them. */
  readonly candidates: readonly Uid[];
  /** How many to draw; all when there are fewer. */
  readonly count: number;
}

const HASH = /^0x[0-9a-fA-F]{64}$/;

/** The uids that are asked, in the order drawn. @throws CodedError DRAW_INVALID */
export function selectUids(selection: Selection): readonly Uid[] {
  const { rule, candidates, count, blockHash } = selection;
  if (!HASH.test(blockHash)) throw invalid("the block hash is not 0x and 64 digits");
  if (!Number.isSafeInteger(count) || count < 0) throw invalid(`${count} uids cannot be drawn`);
  if (!isAscending(candidates)) throw invalid("candidates do not ascend");
  const places =
    rule === "python"
      ? pythonSample(blockHash, candidates.length, count)
      : sha256Sample(drawSeed(selection), candidates.length, count);
  return places.flatMap((place) => candidates[place] ?? []);
}

/** Whether each is above the one before, so that one set has one list. */
export function isAscending(uids: readonly number[]): boolean {
  return uids.every((uid, at) => at === 0 || uid > (uids[at - 1] ?? uid));
}

function invalid(reason: string): CodedError<StorageRulesCode> {
  return new CodedError("DRAW_INVALID", `nobody can be drawn: ${reason}`);
}
