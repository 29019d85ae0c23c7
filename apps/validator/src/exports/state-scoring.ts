import { formatIsoTime, type Micros, type StatedScoring } from "@neurond/exports";
import {
  COMPUTE_UNIT_RULES,
  inputDigests,
  type Member,
  paramsAt,
  scoreComputeUnits,
  scoresOf,
  WEEK_US,
} from "@neurond/incentive";
import type { BlockNumber } from "@neurond/primitives";
import type { Services } from "@neurond/store";
import { type ServiceView, scoredHistory, scoredInstance } from "./instance-rows.ts";

/** Name and version of the formula: time of services under the scores of their runs. */
export const SCORING_PROFILE = "compute_units/1";

/** The neurons that shares are computed for, and the block they were read at. */
export interface Membership {
  readonly members: readonly Member[];
  readonly block: BlockNumber;
}

/**
 * Scores the week before a slice's end by the function that auditors use, from the very rows that our
 * reports of that week state, and says what went in. Equal integers or somebody changed a row.
 */
export async function stateScoring(
  services: Pick<Services, "lastingFrom" | "earnedFrom">,
  asOf: Micros,
  { members, block }: Membership,
  view: ServiceView,
): Promise<StatedScoring> {
  const from = asOf - WEEK_US;
  const lasting = await services.lastingFrom(from);
  const earned = await services.earnedFrom("ended", from);
  const rules = paramsAt(COMPUTE_UNIT_RULES, asOf);
  const inputs = {
    members,
    instances: lasting.map((service) => scoredInstance(service, view, asOf)),
    history: earned.map((run) => scoredHistory(run, asOf)),
    blacklist: new Set<string>(),
  };
  const table = scoreComputeUnits(inputs, asOf, rules);
  const { tables, root } = inputDigests({
    ...inputs,
    profile: SCORING_PROFILE,
    asOf,
    rules,
    usage: new Map(),
    gpuCounts: new Map(),
  });
  const scores = [...scoresOf(table)].map(([hotkey, score]) => [hotkey, String(score)] as const);
  return {
    profile: SCORING_PROFILE,
    as_of: formatIsoTime(asOf),
    block,
    rules,
    inputs: tables,
    inputs_root: root,
    scores: Object.fromEntries(scores),
  };
}
