import { type Hotkey, type Micro, toMicro } from "@neurond/primitives";
import type { Aggregate } from "./aggregate.ts";

/** Why a run's winner is who it is. */
export type WinnerReason =
  /** Too little stake was heard: whoever held the place holds it. */
  | "QUORUM_MISSED"
  /** Nobody is ranked, or the best is below the family's minimum. */
  | "NOBODY"
  /** There was no incumbent, or it is gone from the run: the best wins. */
  | "VACANT"
  /** The incumbent was reported, but not widely enough to judge; withholding must not dethrone. */
  | "INCUMBENT_UNCOVERED"
  | "INCUMBENT_RETAINED"
  | "INCUMBENT_DETHRONED";

/** The winner of a family; null burns its weight. */
export interface Winner {
  readonly hotkey: Hotkey | null;
  readonly reason: WinnerReason;
}

/** How a family's winner is found. */
export interface WinnerRules {
  /** A challenger must reach the incumbent's score plus this. */
  readonly margin: Micro;
  readonly minScore: Micro;
}

/** A margin of 0.05 and no minimum. */
export const DEFAULT_WINNER_RULES: WinnerRules = { margin: toMicro(50_000), minScore: toMicro(0) };

/** Winner takes all, with a margin that keeps noise from changing winners. */
export function chooseWinner(
  { quorum, medians, insufficientCoverage, unreported }: Aggregate,
  incumbent: Hotkey | null,
  rules: WinnerRules = DEFAULT_WINNER_RULES,
): Winner {
  if (!quorum.holds) return { hotkey: incumbent, reason: "QUORUM_MISSED" };
  const best = bestOf(medians, incumbent);
  if (best === null || best.score < rules.minScore) return { hotkey: null, reason: "NOBODY" };
  if (incumbent === null) return { hotkey: best.hotkey, reason: "VACANT" };
  const held = medians.get(incumbent);
  if (held === undefined) {
    const isReported = insufficientCoverage.includes(incumbent) && !unreported.includes(incumbent);
    return isReported
      ? { hotkey: incumbent, reason: "INCUMBENT_UNCOVERED" }
      : { hotkey: best.hotkey, reason: "VACANT" };
  }
  return best.hotkey !== incumbent && best.score >= held + rules.margin
    ? { hotkey: best.hotkey, reason: "INCUMBENT_DETHRONED" }
    : { hotkey: incumbent, reason: "INCUMBENT_RETAINED" };
}

/** The highest median; on a tie the incumbent, then the hotkey that sorts first. */
function bestOf(medians: ReadonlyMap<Hotkey, Micro>, incumbent: Hotkey | null) {
  let best: { hotkey: Hotkey; score: Micro } | null = null;
  for (const [hotkey, score] of medians) {
    const isBetter =
      best === null ||
      score > best.score ||
      (score === best.score &&
        best.hotkey !== incumbent &&
        (hotkey === incumbent || hotkey < best.hotkey));
    if (isBetter) best = { hotkey, score };
  }
  return best;
}
