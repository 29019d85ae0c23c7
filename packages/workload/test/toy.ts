import { hotkeyOf, toBlockNumber, toNetuid, toRunId } from "@neurond/primitives";
import { failed, meanScore, passed, type Run, type Workload } from "@neurond/workload";
import type { Exchange } from "@neurond/workload/conformance";
import { z } from "zod";

const Task = z.strictObject({ number: z.int().min(0).max(255) });
const Evidence = z.strictObject({ answer: z.int() });
export type ToyTask = z.infer<typeof Task>;
export type ToyEvidence = z.infer<typeof Evidence>;

/** Pays for doubling a number. */
export const toy: Workload<ToyTask, ToyEvidence> = {
  name: "double/1",
  task: Task,
  evidence: Evidence,
  sample: ({ seed, miners }) =>
    miners.flatMap((hotkey, miner) =>
      [0, 1].map((slot) => ({ hotkey, slot, task: { number: seed[2 * miner + slot] ?? 0 } })),
    ),
  verify: ({ number }, { answer }) => (answer === 2 * number ? passed() : failed("ANSWER_WRONG")),
  score: meanScore,
};

export const toyRun: Run = {
  id: toRunId("run-7"),
  index: 7,
  netuid: toNetuid(1),
  validator: hotkeyOf(new Uint8Array(32).fill(1)),
  start: toBlockNumber(700),
  seed: Uint8Array.from({ length: 32 }, (_, at) => at * 7),
  miners: [2, 3, 4].map((byte) => hotkeyOf(new Uint8Array(32).fill(byte))),
};

export const toyExchanges: readonly Exchange[] = [
  { task: { number: 21 }, evidence: { answer: 42 }, kind: "passed" },
  { task: { number: 21 }, evidence: { answer: 41 }, kind: "failed" },
  { task: { number: 21 }, evidence: "42", kind: "failed" },
  { task: { number: -1 }, evidence: { answer: -2 }, kind: "unknown" },
];
