import { type ShareDelta, shareLine } from "@neurond/incentive";
import { toUid } from "@neurond/primitives";
import type { ScoreRow, ScoreRun } from "./score-run.ts";

/** The lines that auditors of this subnet have always printed about shares, of everybody who has one. */
export function shareLines(run: ScoreRun): readonly string[] {
  return run.rows.filter((row) => row.share > 0n || row.actual > 0n).map((row) => lineOf(row));
}

/** Three hundredths: the delta up to which a line is no warning. */
export const MAX_DELTA = 30_000_000_000_000_000n;

/** How far a share is from what is paid, in 10^-18. */
export function deltaOf({ share, actual }: ScoreRow): bigint {
  return share > actual ? share - actual : actual - share;
}

function lineOf(row: ScoreRow): string {
  const { hotkey, uid, share: expected, actual } = row;
  const delta = deltaOf(row);
  return shareLine({
    hotkey,
    uid: toUid(uid),
    expected,
    actual,
    delta,
    side: sideOf(row),
    isWithin: delta <= MAX_DELTA,
  });
}

function sideOf({ share, actual }: ScoreRow): ShareDelta["side"] {
  if (actual === 0n) return "expected_only";
  return share === 0n ? "actual_only" : "both";
}
