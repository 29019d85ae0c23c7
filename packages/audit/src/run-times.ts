import { type RunTimes, timesOf as timesByPlan } from "@neurond/consensus";
import type { RulesText } from "./rules.ts";

export type { RunTimes };

/** The times of the run of an index, by the rules as they are written into evidence. */
export const timesOf = (
  index: number,
  rules: Pick<RulesText, "blocks" | "beacon_lag" | "commit_window" | "reveal_window">,
): RunTimes =>
  timesByPlan(index, {
    blocks: rules.blocks,
    beaconLag: rules.beacon_lag,
    commitWindow: rules.commit_window,
    revealWindow: rules.reveal_window,
  });

/** The index in a run's name; null for names that are not of this subnet's making. */
export function indexOfRun(runId: string): number | null {
  const [, digits] = /^run-(0|[1-9]\d{0,9})$/.exec(runId) ?? [];
  return digits === undefined ? null : Number(digits);
}
