import { hotkeyOf, toMicro } from "@neurond/primitives";
import { failed, type JudgedTask, OFFLINE, type Outcome, passed, unknown } from "@neurond/workload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Interval,
  intervalOf,
  nextStanding,
  optionSchema,
  type RewardMode,
  readStanding,
  STANDING,
  type Standing,
  standingBody,
  standingRulesOf,
  statisticsOf,
  TASK,
  VALIDATOR_OPTIONS,
  withStanding,
} from "../src/index.ts";

const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
const [fast, slow, absent] = [key(1), key(2), key(3)];
const EMPTY: Interval = { tasks: [], records: [] };
const options = optionSchema(VALIDATOR_OPTIONS).parse({});
const rulesOf = (mode: RewardMode, more: object = {}) =>
  standingRulesOf(
    { ...options, ...optionSchema(VALIDATOR_OPTIONS).parse(more) },
    { mode, timeoutMs: 10_000 },
  );
const planned = (run: number, mode: RewardMode = "sigmoid", registered = [fast, slow]) => ({
  run,
  block: run * 360,
  log: run * 100,
  registered,
  rules: rulesOf(mode),
});
const first = (mode: RewardMode = "sigmoid") => nextStanding(null, EMPTY, planned(0, mode));
const task = (miner: string, outcome: Outcome, elapsedMs: number | null = 1_000, slot = 0) =>
  ({ miner, slot, outcome, elapsedMs }) as JudgedTask;
const workload = withStanding({
  name: "storage/1",
  sample: () => [],
  verify: () => passed(),
  score: () => toMicro(0),
});
const documentOf = (standing: Standing) => ({
  type: STANDING,
  miner: null,
  body: standingBody(standing),
});
const scoresOf = (standing: Standing, tasks: readonly JudgedTask[]) =>
  workload.settlement?.([documentOf(standing)])?.scores(tasks) ?? null;
const run = (standing: Standing, ...tasks: JudgedTask[]) =>
  nextStanding(standing, { tasks, records: [] }, planned(standing.run + 1, standing.rules.mode));

describe("a standing", () => {
  it("is the same after it was a document", () => {
    const standing = run(first(), task(fast, passed()), task(slow, failed("PROOF_WRONG")));
    const body: unknown = JSON.parse(JSON.stringify(standingBody(standing)));
    expect(readStanding(body)).toEqual(standing);
    expect(readStanding({ ...standingBody(standing), run: -1 })).toBeNull();
  });

  it("decides no score where the share of passed tasks does", () => {
    expect(scoresOf(first("share"), [task(fast, passed())])).toBeNull();
    expect(workload.settlement?.([])).toBeNull();
  });

  it.each(["sigmoid", "minmax"] as const)("by %s gives who is faster more", (mode) => {
    const scores = scoresOf(first(mode), [task(slow, passed(), 9_000), task(fast, passed(), 100)]);
    expect(scores?.get(fast)).toBeGreaterThan(scores?.get(slow) ?? 0);
    expect(scores?.get(slow)).toBeGreaterThan(0);
  });

  it("lowers who fails or is silent, and leaves alone whom our own faults kept from answering", () => {
    const good = run(first(), task(fast, passed()), task(slow, passed()));
    const before = good.book.scores.get(slow) ?? 0;
    for (const outcome of [failed("PROOF_WRONG"), OFFLINE]) {
      const after = run(good, task(fast, passed()), task(slow, outcome, null));
      expect(after.book.scores.get(slow)).toBeLessThan(before);
    }
    const spared = run(good, task(fast, passed()), task(slow, unknown("PROBE_FAILED"), null));
    expect(spared.book.scores.get(slow)).toBe(before);
    expect(statisticsOf(spared.book, slow).counters.challenge.attempts).toBe(1);
  });

  it("forgets who left, so that a hotkey which comes back starts at zero", () => {
    const good = run(first(), task(fast, passed()), task(slow, passed()));
    const without = nextStanding(good, EMPTY, planned(2, "sigmoid", [fast]));
    const back = nextStanding(without, EMPTY, planned(3, "sigmoid", [fast, slow]));
    expect(back.book.scores.has(slow)).toBe(false);
    expect(back.book.scores.get(fast)).toBe(good.book.scores.get(fast));
  });

  it("puts miners into tiers when they are due, and not before", () => {
    const rich = (standing: Standing): Standing => ({
      ...standing,
      book: {
        ...standing.book,
        statistics: new Map([
          [
            fast,
            {
              ...statisticsOf(standing.book, fast),
              counters: {
                store: { attempts: 1000, successes: 1000 },
                challenge: { attempts: 1000, successes: 1000 },
                retrieve: { attempts: 1000, successes: 1000 },
              },
              totalSuccesses: 3000,
            },
          ],
        ]),
      },
    });
    const early = nextStanding(rich(first()), EMPTY, { ...planned(1), block: 299 });
    expect([statisticsOf(early.book, fast).tier, early.tiers_block]).toEqual(["Bronze", 0]);
    const due = nextStanding(rich(first()), EMPTY, { ...planned(1), block: 300 });
    expect([statisticsOf(due.book, fast).tier, due.tiers_block]).toEqual(["Silver", 300]);
  });

  it("takes in what jobs asked, in the order of the log", () => {
    const record = (is_success: boolean, name: "retrieve" | "monitor") => ({
      kind: "document" as const,
      type: TASK,
      body: {
        task: name,
        block: 5,
        timeout_us: 1_000_000,
        answers: [{ miner: fast, is_success, elapsed_us: 1_000, bytes: 4096 }],
      },
    });
    const entries = [
      record(true, "retrieve"),
      ...Array.from({ length: 11 }, () => record(false, "monitor")),
      { kind: "document" as const, type: TASK, body: { task: "nonsense" } },
    ];
    const interval = intervalOf(entries, { runId: "run-0", workload: "storage/1" });
    expect(interval.records).toHaveLength(12);
    const after = nextStanding(first(), interval, planned(1));
    expect(statisticsOf(after.book, fast).counters.retrieve).toEqual({ attempts: 1, successes: 1 });
    // The eleventh failed ping in a row declares it down: the count starts anew, the score falls.
    expect(after.book.failedPings.size).toBe(0);
    const retrieved = { ...interval, records: interval.records.slice(0, 1) };
    const { book } = nextStanding(first(), retrieved, planned(1));
    expect(after.book.scores.get(fast)).toBeLessThan(book.scores.get(fast) ?? 0);
  });

  it("counts the latest outcome of a task, of its own run and workload only", () => {
    const seen = (run_id: string, name: string, outcome: Outcome) => ({
      kind: "observation" as const,
      run_id,
      workload: name,
      miner: fast,
      slot: 0,
      outcome,
      sent_ms: 1_000,
      received_ms: 1_250,
    });
    const entries = [
      seen("run-1", "storage/1", { kind: "contained" }),
      seen("run-2", "storage/1", failed("X")),
      seen("run-1", "toy/1", failed("X")),
      seen("run-1", "storage/1", passed()),
      null,
    ];
    const { tasks } = intervalOf(entries, { runId: "run-1", workload: "storage/1" });
    expect(tasks).toEqual([{ miner: fast, slot: 0, outcome: passed(), elapsedMs: 250 }]);
  });

  it("gives scores of whole millionths from zero to one, for every sequence of answers", () => {
    const outcomes = fc.constantFrom<Outcome>(passed(), failed("X"), OFFLINE, unknown("Y"));
    const tasks = fc.array(
      fc.record({
        miner: fc.constantFrom(fast, slow, absent),
        slot: fc.nat(3),
        outcome: outcomes,
        elapsedMs: fc.option(fc.integer({ min: -5, max: 50_000 })),
      }),
      { maxLength: 20 },
    );
    const modes = fc.constantFrom<RewardMode>("sigmoid", "minmax");
    fc.assert(
      fc.property(modes, fc.array(tasks, { maxLength: 8 }), (mode, runs) => {
        let standing = first(mode);
        for (const one of runs) {
          for (const score of scoresOf(standing, one)?.values() ?? []) {
            expect(Number.isInteger(score) && score >= 0 && score <= 1_000_000).toBe(true);
          }
          standing = run(standing, ...one);
        }
        expect(readStanding(standingBody(standing))).toEqual(standing);
      }),
      { numRuns: 50 },
    );
  });

  it("lifts all scores by the lowest only where the rule of release 2 is chosen", () => {
    const v2 = { ...first(), rules: rulesOf("sigmoid", { "neuron.weights_rule": "v2" }) };
    const tasks = [task(fast, passed()), task(slow, failed("X"), null)];
    expect(scoresOf(first(), tasks)?.get(slow)).toBe(0);
    expect(scoresOf(v2, tasks)?.get(slow)).toBe(0);
    expect(scoresOf(v2, tasks)?.get(fast)).toBeGreaterThan(
      scoresOf(first(), tasks)?.get(fast) ?? 0,
    );
  });
});
