import { parseLogCommitment } from "@neurond/ledger";
import { z } from "zod";
import { BeaconText, beaconStated, readBeaconText } from "../beacon-text.ts";
import { Fact, Head, openHead } from "../heads.ts";
import { plannedTasks } from "../planned-tasks.ts";
import { RulesText, rulesStated } from "../rules.ts";
import { indexOfRun, timesOf } from "../run-times.ts";
import { OpenSegment, type PlacedEntry, Segment } from "../segment.ts";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";
import { taskOf } from "./verdict-forged.ts";

/** The whole record of a run, from the anchor before it to a head after it. */
export const RecordIncomplete = z.strictObject({
  rules: RulesText,
  base: Fact.nullable(),
  plan: Fact,
  head: Head,
  segment: Segment,
  beacon: BeaconText,
});

/** Planned tasks that nothing was recorded of. */
export function gapsOf(
  planned: ReadonlyMap<string, unknown>,
  entries: readonly PlacedEntry[],
): readonly string[] {
  const recorded = new Set(
    entries.flatMap(({ entry }) => (entry?.kind === "observation" ? [taskOf(entry)] : [])),
  );
  return [...planned.keys()].filter((task) => !recorded.has(task)).sort();
}

/** Shows that a planned task has no record up to the head. */
export const checkRecordIncomplete: CheckClaim = async (claim, accused, judge) => {
  const parsed = RecordIncomplete.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of a gap");
  const { rules, base, plan, segment } = parsed.data;
  const index = indexOfRun(accused.runId);
  const binding = openHead(parsed.data.head, accused, judge.verify);
  const open = OpenSegment.open(segment);
  const anchored = parseLogCommitment(plan.payload);
  if (index === null || binding === null || open === null || anchored === null) {
    return notProven("the record is not bound to the validator");
  }
  const run = timesOf(index, rules);
  const start = base === null ? { size: 0, root: null } : parseLogCommitment(base.payload);
  const heads = [{ size: start?.size ?? -1, root: start?.root }, anchored, binding.head];
  for (const { size, root } of heads) {
    if (root !== null && (await open.rootAt(size)) !== root) return notProven("the record differs");
  }
  if (start?.size !== open.from || open.size !== binding.head.size) {
    return notProven("the record is not whole");
  }
  if (plan.block < run.start || plan.block >= run.beacon) return notProven("not the plan's anchor");
  const logged = open.entries.filter((entry) => entry.index < anchored.size);
  const beacon = readBeaconText(parsed.data.beacon);
  const gaps = judge.workloads.flatMap((audited) => {
    const planned = plannedTasks(audited, run, accused, beacon, logged);
    return planned === null ? [] : gapsOf(planned, open.entries);
  });
  if (gaps.length === 0) return notProven("every planned task has a record");
  const chain = [beaconStated(parsed.data.beacon), rulesStated(rules)];
  return proven([base, plan, ...binding.facts], chain);
};
