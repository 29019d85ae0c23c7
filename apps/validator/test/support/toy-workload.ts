import { type Document, familyOf } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import { defineWorkload, failed, meanScore, passed } from "@neurond/workload";
import { z } from "zod";
import type { WorkloadEntry } from "../../src/index.ts";

/** What a miner does when it is asked to double a number. */
export type Behaviour = (number: number) => number | "offline" | Promise<number | "offline">;

export const honest: Behaviour = (number) => 2 * number;
export const cheat: Behaviour = (number) => 2 * number + 1;
export const silent: Behaviour = () => "offline";

/** Doubling a number from the run's seed: the smallest workload that can be cheated at. */
export function toyWorkload(
  miners: ReadonlyMap<Hotkey, Behaviour>,
  onAsked: (hotkey: Hotkey) => void = () => undefined,
): () => readonly WorkloadEntry[] {
  const rules = defineWorkload({
    name: "toy/1",
    task: z.strictObject({ number: z.int() }),
    evidence: z.strictObject({ answer: z.int() }),
    sample: ({ seed, miners: asked }) =>
      asked.map((miner, at) => ({
        hotkey: miner,
        slot: 0,
        task: { number: seed[at % seed.length] ?? 0 },
      })),
    verify: ({ number }, { answer }) => (answer === 2 * number ? passed() : failed("ANSWER_WRONG")),
    score: meanScore,
  });
  const entry: WorkloadEntry = {
    workload: rules,
    family: familyOf(rules.name),
    plan: async ({ netuid, validator, times, miners: asked }) =>
      asked.map(
        (miner): Document => ({
          kind: "document",
          v: 1,
          netuid,
          validator,
          run_id: times.id,
          type: "toy-plan/1",
          miner,
          body: { run: times.index },
        }),
      ),
    sample: (run) => rules.sample(run),
    async prober(miner, task) {
      onAsked(miner.hotkey);
      const { number } = task as { readonly number: number };
      const answer = await (miners.get(miner.hotkey) ?? silent)(number);
      return answer === "offline" ? "offline" : { answer };
    },
  };
  return () => [entry];
}
