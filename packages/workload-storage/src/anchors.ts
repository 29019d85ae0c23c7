/** The blocks in which a run's inputs reached the chain; null when never. */
export interface Anchors {
  readonly plan: number | null;
  readonly inventory: number | null;
  readonly prevLink: number | null;
  /** The run's beacon block. */
  readonly beacon: number;
}

/**
 * Whether all inputs but the beacon were on chain before it. If not, the validator could choose
 * among seeds, and the run's verdicts stand for nothing.
 */
export function checkAnchors(anchors: Anchors): "PLAN_UNANCHORED" | "PREV_UNANCHORED" | null {
  const isEarly = (block: number | null) => block !== null && block < anchors.beacon;
  if (!isEarly(anchors.prevLink) || !isEarly(anchors.inventory)) return "PREV_UNANCHORED";
  return isEarly(anchors.plan) ? null : "PLAN_UNANCHORED";
}
