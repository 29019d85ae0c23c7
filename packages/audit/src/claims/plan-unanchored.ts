import { decodeEntry, isEntryOf, parseLogCommitment } from "@neurond/ledger";
import { z } from "zod";
import { BeaconText, beaconStated, readBeaconText } from "../beacon-text.ts";
import { Fact, Head, openHead } from "../heads.ts";
import { plannedTasks } from "../planned-tasks.ts";
import { RulesText, rulesStated } from "../rules.ts";
import { indexOfRun, timesOf } from "../run-times.ts";
import { OpenSegment, ProvenEntry, Segment } from "../segment.ts";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";
import { taskOf } from "./verdict-forged.ts";

/** An observation, and what was anchored before the beacon. */
export const PlanUnanchored = z.strictObject({
  rules: RulesText,
  head: Head,
  entry: ProvenEntry,
  /** The last anchor before the beacon and what was logged between the one before the run and it. */
  anchored: z
    .strictObject({
      base: Fact.nullable(),
      plan: Fact,
      segment: Segment,
      beacon: BeaconText,
    })
    .nullable(),
});

/** Shows that a task does not follow from what was on chain before the beacon. */
export const checkPlanUnanchored: CheckClaim = async (claim, accused, judge) => {
  const parsed = PlanUnanchored.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of an unanchored plan");
  const { rules, head, entry, anchored } = parsed.data;
  const index = indexOfRun(accused.runId);
  const binding = openHead(head, accused, judge.verify);
  const seen = binding !== null && isEntryOf(binding.head, entry) ? decodeEntry(entry.text) : null;
  const isOurs = seen?.kind === "observation" && seen.validator === accused.validator;
  if (index === null || binding === null || !isOurs || seen.run_id !== accused.runId) {
    return notProven("the head does not hold an observation of the run");
  }
  const run = timesOf(index, rules);
  if (anchored === null) {
    const span = `[${run.start}, ${run.beacon})`;
    const absent = `no log commitment of the validator in blocks ${span}`;
    return proven(binding.facts, [absent, rulesStated(rules)]);
  }
  const { base, plan, segment } = anchored;
  const open = await openAnchored(base, plan, segment);
  if (open === null) return notProven("the plan's record is not the anchored one");
  if (plan.block < run.start || plan.block >= run.beacon) return notProven("not the plan's anchor");
  const audited = judge.workloads.find(({ workload }) => workload.name === seen.workload);
  if (audited === undefined) return notProven(`nobody here knows ${seen.workload}`);
  const beacon = readBeaconText(anchored.beacon);
  const planned = plannedTasks(audited, run, accused, beacon, open.entries);
  if (planned === null) return notProven("the workload's tasks do not follow from the record");
  if (planned.get(taskOf(seen))?.(seen.task) === true) {
    return notProven("the task was planned");
  }
  const facts = [...binding.facts, base, plan];
  return proven(facts, [beaconStated(anchored.beacon), rulesStated(rules)]);
};

/** The record between two anchors; null unless it hashes to both. */
export async function openAnchored(
  base: z.infer<typeof Fact> | null,
  plan: z.infer<typeof Fact>,
  segment: Segment,
): Promise<OpenSegment | null> {
  const open = OpenSegment.open(segment);
  const end = parseLogCommitment(plan.payload);
  if (open === null || end === null || open.size !== end.size) return null;
  if ((await open.rootAt(open.size)) !== end.root) return null;
  if (base === null) return open.from === 0 ? open : null;
  const start = parseLogCommitment(base.payload);
  const isStart = start?.size === open.from && start.root === (await open.rootAt(open.from));
  return isStart ? open : null;
}
