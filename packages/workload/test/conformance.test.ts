import { hotkeyOf, isCoded, type Micro, toMicro } from "@neurond/primitives";
import {
  type AnyWorkload,
  defineWorkload,
  failed,
  OFFLINE,
  type Outcome,
  passed,
  unknown,
  type Workload,
} from "@neurond/workload";
import { conformance, type Samples } from "@neurond/workload/conformance";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type ToyEvidence, type ToyTask, toy, toyExchanges, toyRun } from "./toy.ts";

const samples: Samples = { runs: [toyRun], exchanges: toyExchanges };
const sound = defineWorkload(toy);

describe("a sound workload keeps:", () => {
  test.each(conformance(sound, samples))("$name", ({ run }) => run());
});

/** The checks that a workload breaks; anything but a coded finding passes through. */
function brokenBy(workload: AnyWorkload, brought: Samples = samples): readonly string[] {
  return conformance(workload, brought)
    .filter(({ run }) => {
      try {
        run();
        return false;
      } catch (error) {
        if (isCoded(error, "CONFORMANCE_BROKEN")) return true;
        throw error;
      }
    })
    .map(({ name }) => name);
}

const altered = (change: Partial<Workload<ToyTask, ToyEvidence>>) =>
  defineWorkload({ ...toy, ...change });
const raw = (change: Partial<AnyWorkload>): AnyWorkload => ({ ...sound, ...change });
const isPass = ({ kind }: Outcome) => kind === "passed";
let calls = 0;

const cheats: [check: string, workload: AnyWorkload, samples?: Samples][] = [
  [
    "the same run gives the same tasks",
    altered({
      sample: (run) => toy.sample(run).map((a) => ({ ...a, task: { number: calls++ % 250 } })),
    }),
  ],
  [
    "another seed gives other tasks",
    altered({ sample: (run) => toy.sample({ ...run, seed: new Uint8Array(32) }) }),
  ],
  [
    "sampling leaves the run as it was",
    altered({
      sample(run) {
        const tasks = toy.sample(run);
        run.seed[31] = (run.seed[31] ?? 0) ^ 1;
        return tasks;
      },
    }),
  ],
  [
    "tasks go to miners of the run, each slot once",
    altered({ sample: (run) => [...toy.sample(run), ...toy.sample(run)] }),
  ],
  [
    "tasks go to miners of the run, each slot once",
    altered({
      sample: (run) => toy.sample(run).map((a) => ({ ...a, hotkey: hotkeyOf(run.seed) })),
    }),
  ],
  [
    "tasks go to miners of the run, each slot once",
    altered({ sample: (run) => toy.sample(run).map((a) => ({ ...a, slot: a.slot - 1 })) }),
  ],
  ["the same run gives the same tasks", sound, { ...samples, runs: [] }],
  [
    "a task comes back from the record as itself",
    altered({
      sample: (run) => toy.sample(run).map((a) => ({ ...a, task: { number: 0.5 } })),
    }),
  ],
  [
    "a task comes back from the record as itself",
    altered({
      sample: (run) => toy.sample(run).map((a) => ({ ...a, task: { number: 256 } })),
    }),
  ],
  ["the samples pass and fail", sound, { ...samples, exchanges: toyExchanges.slice(0, 1) }],
  ["the samples pass and fail", sound, { ...samples, exchanges: toyExchanges.slice(1) }],
  ["each sample comes to its outcome", altered({ verify: () => passed() })],
  [
    "the same evidence comes to the same outcome",
    altered({ verify: () => failed(`REASON_${calls++}`) }),
  ],
  [
    "verifying leaves task and evidence as they were",
    raw({
      verify(task, evidence) {
        if (typeof evidence === "object" && evidence) Object.assign(evidence, { seen: calls++ });
        return sound.verify(task, evidence);
      },
    }),
    { ...samples, exchanges: toyExchanges.map((exchange) => structuredClone(exchange)) },
  ],
  [
    "evidence from the record comes to the same outcome",
    raw({
      verify: (_, evidence) =>
        Object.isFrozen(evidence) ? passed() : failed("NOT_THE_OBJECT_I_KNOW"),
    }),
    {
      ...samples,
      exchanges: [
        { task: { number: 1 }, evidence: Object.freeze({ answer: 2 }), kind: "passed" },
        ...toyExchanges.slice(1),
      ],
    },
  ],
  ["garbage is failed, never a throw", raw({ verify: () => passed() })],
  [
    "garbage is failed, never a throw",
    raw({
      verify(task, evidence) {
        if (evidence === null) throw new TypeError("cannot read evidence");
        return sound.verify(task, evidence);
      },
    }),
  ],
  [
    "altered evidence never throws",
    altered({
      verify(task, evidence) {
        if (evidence.answer === 43) throw new RangeError("43");
        return toy.verify(task, evidence);
      },
    }),
  ],
  [
    "an altered task never throws",
    altered({
      verify(task, evidence) {
        if (task.number === 22) throw new RangeError("22");
        return toy.verify(task, evidence);
      },
    }),
  ],
  [
    "a malformed task is unknown, for it is not the miner's fault",
    defineWorkload<unknown, ToyEvidence>({
      ...toy,
      task: z.unknown(),
      verify: () => failed("ANSWER_WRONG"),
    }),
  ],
  ["each sample comes to its outcome", altered({ verify: () => OFFLINE })],
  ["each sample comes to its outcome", altered({ verify: () => unknown("a sentence") })],
  [
    "each sample comes to its outcome",
    raw({ verify: () => ({ kind: "passed", grade: (2 ** 21) as Micro }) }),
  ],
  ["a score is a share in millionths", altered({ score: (o) => (o.length / 3000) as Micro })],
  [
    "a score does not depend on the order of outcomes",
    altered({ score: ([first]) => toMicro(first && isPass(first) ? 1_000_000 : 0) }),
  ],
  [
    "scoring leaves the outcomes as they were",
    altered({
      score(outcomes) {
        if (Array.isArray(outcomes)) outcomes.pop();
        return toMicro(0);
      },
    }),
  ],
  [
    "our own faults never lower a score",
    altered({
      score: (o) => toMicro(Math.floor((1e6 * o.filter(isPass).length) / Math.max(o.length, 1))),
    }),
  ],
  [
    "failing never pays",
    altered({ score: (o) => toMicro(o.some(({ kind }) => kind === "failed") ? 9 : 0) }),
  ],
  ["whoever passes nothing scores nothing", altered({ score: () => toMicro(1) })],
];

describe("a broken workload is caught:", () => {
  test.each(cheats)("%s", (...[check, workload, brought]) => {
    expect(brokenBy(workload, brought)).toContain(check);
  });

  test("every check has a workload that breaks it", () => {
    const names = conformance(sound, samples).map(({ name }) => name);
    expect(new Set(cheats.map(([check]) => check))).toEqual(new Set(names));
  });
});
