import { toFixed } from "../fixed.ts";
import type { ShareDelta } from "./shares.ts";

const MARKS: Readonly<Record<ShareDelta["side"], string>> = {
  both: "",
  expected_only: " (not in metagraph incentive)",
  actual_only: " (not in local calculation)",
};

/** The line that auditors of this subnet have always printed; who is on one side only is marked after it. */
export function shareLine({ hotkey, uid, expected, actual, delta, side }: ShareDelta): string {
  const figures = `${toFixed(expected, 5)} vs actual ${toFixed(actual, 5)}, delta ${toFixed(delta, 5)}`;
  const who = `${hotkey} [${uid.toString().padStart(3)}]`;
  return `Calculated incentive locally for ${who}: ${figures}${MARKS[side]}`;
}
