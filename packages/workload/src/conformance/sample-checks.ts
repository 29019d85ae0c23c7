import type { Assignment, Run } from "../run.ts";
import type { AnyWorkload } from "../workload.ts";
import { TASK_MALFORMED } from "../workload.ts";
import { type Check, must, recorded, type Samples, textOf, verifyOrBreak } from "./check.ts";

/** How many other seeds are tried before a sample counts as deaf to its seed. */
const OTHER_SEEDS = 16;
const MAX_SLOT = 0xffff;

/** What a validator's plan relies on. */
export function sampleChecks(workload: AnyWorkload, { runs }: Samples): readonly Check[] {
  const eachRun = (name: string, check: (run: Run, text: string) => void): Check => ({
    name,
    run() {
      must(runs.length > 0, "no run was given to sample");
      for (const run of runs) check(run, sampleText(workload, run));
    },
  });
  return [
    eachRun("the same run gives the same tasks", (run, text) => {
      const again = sampleText(workload, { ...run, seed: Uint8Array.from(run.seed) });
      must(again === text, `sampling ${run.id} twice gave different tasks`);
    }),
    eachRun("another seed gives other tasks", (run, text) => {
      const seeds = Array.from({ length: OTHER_SEEDS }, (_, n) => run.seed.map((b) => b ^ (n + 1)));
      const heard = seeds.some((seed) => sampleText(workload, { ...run, seed }) !== text);
      must(heard, `the tasks of ${run.id} do not depend on its seed: miners can foresee them`);
    }),
    eachRun("sampling leaves the run as it was", (run) => {
      const before = JSON.stringify({ ...run, seed: [...run.seed] });
      workload.sample(run);
      must(JSON.stringify({ ...run, seed: [...run.seed] }) === before, `${run.id} was changed`);
    }),
    eachRun("tasks go to miners of the run, each slot once", (run) => {
      const assignments = workload.sample(run);
      must(assignments.length > 0, `${run.id} has no task: give a run with work in it`);
      const seen = new Set<string>();
      for (const { hotkey, slot } of assignments) {
        must(run.miners.includes(hotkey), `${hotkey} is not a miner of ${run.id}`);
        must(isSlot(slot), `slot ${slot} of ${hotkey} is not a u16`);
        must(!seen.has(`${hotkey}/${slot}`), `slot ${slot} of ${hotkey} was given out twice`);
        seen.add(`${hotkey}/${slot}`);
      }
    }),
    eachRun("a task comes back from the record as itself", (run) => {
      for (const { task, hotkey } of workload.sample(run)) {
        const back = recorded(task, "a task");
        must(textOf(back, "a task") === textOf(task, "a task"), `a task of ${hotkey} changed`);
        const outcome = verifyOrBreak(workload, back, null);
        const refused = outcome.kind === "unknown" && outcome.reason === TASK_MALFORMED;
        must(!refused, `a recorded task of ${hotkey} does not parse`);
      }
    }),
  ];
}

function isSlot(slot: number): boolean {
  return Number.isInteger(slot) && slot >= 0 && slot <= MAX_SLOT;
}

function sampleText(workload: AnyWorkload, run: Run): string {
  const plain = ({ hotkey, slot, task }: Assignment<unknown>) => ({ hotkey, slot, task });
  return textOf(workload.sample(run).map(plain), "a sample");
}
