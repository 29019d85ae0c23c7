import type { BlockNumber } from "@neurond/primitives";
import type { FactKind, RunFacts, RunJournal } from "./ports/run-journal.ts";
import { type RunPlan, timesAt } from "./run-plan.ts";

/** What is decided upon: all but the planned documents, which may be very long. */
const KINDS: readonly FactKind[] = [
  "opened",
  "anchor",
  "anchored",
  "probed",
  "frozen",
  "snapshot",
  "heard",
  "agreed",
];

/** The facts of every run that a head can ask something of: the current one and those not yet agreed upon. */
export async function readFacts(
  journal: RunJournal,
  head: BlockNumber,
  plan: RunPlan,
): Promise<(index: number) => RunFacts> {
  const { index: current } = timesAt(head, plan);
  const behind = Math.ceil(plan.revealWindow / plan.blocks) + 1;
  const facts = new Map<number, RunFacts>();
  for (let index = Math.max(0, current - behind); index <= current; index += 1) {
    facts.set(index, await journal.read(index, KINDS));
  }
  return (index) => facts.get(index) ?? {};
}
