import { type BlockNumber, toBlockNumber } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextSteps, probeDue, type Step } from "../src/next-steps.ts";
import type { RunFacts } from "../src/ports/run-journal.ts";
import { type RunPlan, timesAt, timesOf } from "../src/run-plan.ts";

const PLAN: RunPlan = { blocks: 24, beaconLag: 6, commitWindow: 8, revealWindow: 16 };

const plans = fc
  .record({
    blocks: fc.integer({ min: 4, max: 60 }),
    beaconLag: fc.integer({ min: 1, max: 59 }),
    commitWindow: fc.integer({ min: 1, max: 60 }),
    revealWindow: fc.integer({ min: 2, max: 150 }),
  })
  .filter(
    ({ blocks, beaconLag, commitWindow, revealWindow }) =>
      beaconLag < blocks &&
      beaconLag <= commitWindow &&
      commitWindow <= blocks &&
      commitWindow < revealWindow,
  );

/** A validator without a database: steps it takes become facts, as the real one's do. */
class Model {
  readonly facts = new Map<number, RunFacts>();
  readonly done: string[] = [];
  readonly plan: RunPlan;
  head: BlockNumber = toBlockNumber(0);

  constructor(plan: RunPlan) {
    this.plan = plan;
  }

  moment(lag = 0) {
    const finalized = toBlockNumber(Math.max(0, this.head - lag));
    const factsOf = (index: number) => this.facts.get(index) ?? {};
    return { head: this.head, finalized, factsOf };
  }

  /** What is due, done until nothing is; `fails` steps stay undone, as when a peer or the chain fails. */
  pass(lag: number, fails: (step: Step) => boolean): void {
    const tried = new Set<string>();
    for (;;) {
      const step = nextSteps(this.moment(lag), this.plan).find(
        ({ kind, run }) => !tried.has(`${kind} ${run.index}`),
      );
      if (step === undefined) return;
      tried.add(`${step.kind} ${step.run.index}`);
      if (!fails(step)) this.take(step);
    }
  }

  take({ kind, run }: Step): void {
    const facts = this.facts.get(run.index) ?? {};
    this.done.push(`${kind} ${run.index}`);
    const at = this.head;
    const change: Record<Step["kind"], RunFacts> = {
      freeze: { frozen: { reports: { toy: `report of ${run.index}` } } },
      open: { planned: { documents: [], from: 0 }, opened: { size: 0 } },
      anchor: { anchor: { fields: [], size: 0 }, anchored: { block: at } },
      snapshot: { snapshot: { block: run.close, neurons: [] } },
      gossip: { heard: { reports: 0 } },
      agree: { agreed: { families: {}, weights: [] } },
    };
    this.facts.set(run.index, { ...facts, ...change[kind] });
  }
}

const journeys = fc.record({
  plan: plans,
  jumps: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 5, maxLength: 60 }),
  lag: fc.integer({ min: 0, max: 3 }),
  luck: fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
});

function travel(
  journey: { plan: RunPlan; jumps: number[]; lag: number; luck: Iterable<number> },
  look: (model: Model, step: Step) => void,
): Model {
  const model = new Model(journey.plan);
  const luck = journey.luck[Symbol.iterator]();
  for (const jump of journey.jumps) {
    model.head = toBlockNumber(model.head + jump);
    model.pass(journey.lag, (step) => {
      look(model, step);
      return (luck.next().value ?? 0) < 3;
    });
  }
  return model;
}

describe("whatever heads are skipped and whatever fails", () => {
  test("nothing but gossip is ever done twice for a run", () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        const { done } = travel(journey, () => undefined);
        const once = done.filter((step) => !step.startsWith("gossip"));
        expect(new Set(once).size).toBe(once.length);
      }),
    );
  });

  test("scores are frozen only after the close, and only while they can be committed to", () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        travel(journey, ({ head }, { kind, run }) => {
          if (kind !== "freeze") return;
          expect(head).toBeGreaterThanOrEqual(run.close);
          expect(head).toBeLessThan(run.commitEnd);
        });
      }),
    );
  });

  test("a run is opened only before its beacon, and never while the last one waits to be frozen", () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        travel(journey, (model, { kind, run }) => {
          if (kind !== "open") return;
          expect(model.head).toBeLessThan(run.beacon);
          const before = model.moment().factsOf(run.index - 1);
          expect(before.opened === undefined || before.frozen !== undefined).toBe(true);
        });
      }),
    );
  });

  test("what is committed is frozen or opened, and in time for one of them", () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        travel(journey, ({ head, facts }, { kind, run }) => {
          if (kind !== "anchor") return;
          const opens = facts.get(run.index)?.opened !== undefined && head < run.beacon;
          const before = run.index > 0 ? timesOf(run.index - 1, journey.plan) : null;
          const commits =
            before !== null &&
            facts.get(before.index)?.frozen !== undefined &&
            head < before.commitEnd;
          expect(opens || commits).toBe(true);
        });
      }),
    );
  });

  test("nobody is asked for scores before they can no longer be copied", () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        travel(journey, (model, { kind, run }) => {
          if (kind !== "gossip") return;
          expect(model.moment(journey.lag).finalized).toBeGreaterThanOrEqual(run.commitEnd - 1);
        });
      }),
    );
  });

  test("weights are computed after the reveal, from a snapshot, and runs come in order", () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        const { done } = travel(journey, ({ head, facts }, { kind, run }) => {
          if (kind !== "agree") return;
          expect(head).toBeGreaterThanOrEqual(run.revealEnd);
          expect(facts.get(run.index)?.snapshot).toBeDefined();
        });
        const agreed = done.filter((step) => step.startsWith("agree"));
        const indexes = agreed.map((step) => Number(step.split(" ")[1]));
        expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
      }),
    );
  });
});

test("a validator that sees every block and never fails does every step of every run", () => {
  const model = new Model(PLAN);
  for (let block = 0; block < 5 * PLAN.blocks; block += 1) {
    model.head = toBlockNumber(block);
    model.pass(0, () => false);
  }
  for (const index of [0, 1, 2, 3]) {
    const kinds = ["open", "anchor", "freeze", "snapshot", "gossip"];
    for (const kind of kinds) expect(model.done).toContain(`${kind} ${index}`);
  }
  for (const index of [0, 1, 2]) expect(model.done).toContain(`agree ${index}`);
});

describe("tasks are put", () => {
  const open: RunFacts = { opened: { size: 1 }, anchored: { block: toBlockNumber(3) } };
  const due = (facts: RunFacts, head: number, finalized = head) =>
    probeDue(
      {
        head: toBlockNumber(head),
        finalized: toBlockNumber(finalized),
        factsOf: (index) => (index === 0 ? facts : {}),
      },
      PLAN,
    )?.index;

  test("from the block in which the beacon is final until the run closes", () => {
    expect(due(open, 5)).toBeUndefined();
    expect(due(open, 8, 5)).toBeUndefined();
    expect(due(open, 8, 6)).toBe(0);
    expect(due(open, 23)).toBe(0);
    expect(due(open, 24)).toBeUndefined();
  });

  test("not twice, and not when the plan came too late", () => {
    expect(due({ ...open, probed: { tasks: 4 } }, 10)).toBeUndefined();
    expect(due({ ...open, anchored: { block: toBlockNumber(6) } }, 10)).toBeUndefined();
    expect(due({ opened: { size: 1 } }, 10)).toBeUndefined();
    expect(due({}, 10)).toBeUndefined();
  });
});

test("the times of a run follow from its index alone", () => {
  expect(timesOf(2, PLAN)).toMatchObject({ start: 48, beacon: 54, close: 72, commitEnd: 80 });
  expect(timesAt(toBlockNumber(71), PLAN).index).toBe(2);
});
