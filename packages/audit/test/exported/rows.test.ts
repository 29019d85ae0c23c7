import {
  CsvReader,
  csvLine,
  INVOCATION_COLUMNS,
  invocationCells,
  invocationReader,
} from "@neurond/exports";
import { Observation, scoreRun } from "@neurond/ledger";
import { hotkeyOf, toMicro } from "@neurond/primitives";
import {
  nextStanding,
  optionSchema,
  STANDING,
  standingBody,
  standingRulesOf,
  VALIDATOR_OPTIONS,
  withStanding,
} from "@neurond/storage-rules";
import {
  CONTAINED,
  defineWorkload,
  failed,
  meanScore,
  OFFLINE,
  type Outcome,
  passed,
  unknown,
} from "@neurond/workload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { recomputeRun } from "../../src/exported/recompute.ts";
import { exportedOutcome, exportedRow } from "../../src/exported/row.ts";

const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
const validator = key(200);
const workload = defineWorkload({
  name: "toy/1",
  task: z.null(),
  evidence: z.null(),
  sample: () => [],
  verify: () => passed(),
  score: meanScore,
});

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant(passed()),
  fc.integer({ min: 0, max: 999_999 }).map((grade) => passed(toMicro(grade))),
  fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/).map(failed),
  fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/).map(unknown),
  fc.constant(OFFLINE),
  fc.constant(CONTAINED),
);

const seen = fc.record({
  miner: fc.integer({ min: 1, max: 4 }).map(key),
  slot: fc.nat(3),
  run: fc.constantFrom("run-7", "run-8"),
  outcome: outcomes,
});

const observation = (one: {
  readonly miner: string;
  readonly slot: number;
  readonly run: string;
  readonly outcome: Outcome;
}): Observation =>
  Observation.parse({
    kind: "observation",
    v: 1,
    netuid: 2,
    validator,
    run_id: one.run,
    workload: "toy/1",
    slot: one.slot,
    miner: one.miner,
    block: 5,
    sent_ms: 1_700_000_000_000,
    received_ms: one.outcome.kind === "passed" ? 1_700_000_000_250 : null,
    task: null,
    evidence: null,
    outcome: one.outcome,
  });

const context = (logIndex: number) => ({
  logIndex,
  recordedAt: 1_700_000_000_300_000,
  uid: 3,
  instanceId: "instance",
});

/** What a reader of the CSV makes of rows. */
function throughCsv(observations: readonly Observation[]) {
  const cells = observations.map((one, at) => invocationCells(exportedRow(one, context(at))));
  const text = [INVOCATION_COLUMNS, ...cells].map(csvLine).join("");
  const reader = new CsvReader();
  const read = [...reader.push(new TextEncoder().encode(text)), ...reader.end()];
  return read.map(invocationReader(reader.header ?? []));
}

describe("an exported row", () => {
  it("states the outcome exactly, also after it was text", () => {
    fc.assert(
      fc.property(seen, (one) => {
        const [row] = throughCsv([observation(one)]);
        expect(row && exportedOutcome(row)).toEqual(one.outcome);
      }),
    );
  });

  it("of another validator's making has no outcome", () => {
    for (const error_message of ["RATE_LIMIT", "FAILED", "FAILED lower", "Traceback"])
      expect(exportedOutcome({ error_message, compute_multiplier: 1 })).toBeNull();
    for (const compute_multiplier of [null, 1.5, -1])
      expect(exportedOutcome({ error_message: null, compute_multiplier })).toBeNull();
  });
});

describe("the scores of a run", () => {
  it("are the same integers from rows as from the record", () => {
    fc.assert(
      fc.property(
        fc.array(seen, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        (all, least) => {
          const observations = all.map(observation);
          const own = observations.filter(({ run_id }) => run_id === "run-7");
          const { scores } = scoreRun(workload, own, least);
          const run = { run_id: "run-7", workload: "toy/1", min_tasks: least };
          const recomputed = recomputeRun(validator, run, throughCsv(observations), [workload]);
          expect(recomputed).toEqual({ kind: "scores", scores });
        },
      ),
    );
  });

  it("are the same integers where they follow from times and a standing, and only with both", () => {
    const rules = standingRulesOf(optionSchema(VALIDATOR_OPTIONS).parse({}), {
      mode: "sigmoid",
      timeoutMs: 10_000,
    });
    const interval = { tasks: [], records: [] };
    const registered = [1, 2, 3, 4].map(key);
    const planned = { run: 7, block: 9, log: 0, registered, rules };
    const standing = standingBody(nextStanding(null, interval, planned));
    const documents = [{ type: STANDING, miner: null, body: standing }];
    const timed = withStanding(workload);
    const run = { run_id: "run-7", workload: "toy/1", min_tasks: 1 };
    fc.assert(
      fc.property(fc.array(fc.tuple(seen, fc.nat(9_999)), { maxLength: 40 }), (all) => {
        const observations = all.map(([one, ms]) => {
          const made = observation(one);
          return { ...made, received_ms: made.received_ms === null ? null : made.sent_ms + ms };
        });
        const own = observations.filter(({ run_id }) => run_id === "run-7");
        const { scores } = scoreRun(timed, own, 1, documents);
        const rows = throughCsv(observations);
        const stated = { ...run, documents };
        expect(recomputeRun(validator, stated, rows, [timed])).toEqual({ kind: "scores", scores });
        const untimed = rows.map(({ metrics: _, ...row }) => row);
        const kind = own.length === 0 ? "scores" : "row_unreadable";
        expect(recomputeRun(validator, stated, untimed, [timed]).kind).toBe(kind);
      }),
    );
  });

  it("do not follow where the rule or a row is unknown", () => {
    const run = { run_id: "run-7", workload: "toy/1", min_tasks: 1 };
    expect(recomputeRun(validator, run, [], []).kind).toBe("workload_unknown");
    const [row] = throughCsv([
      observation({ miner: key(1), slot: 0, run: "run-7", outcome: passed() }),
    ]);
    const strange = row ? [{ ...row, error_message: "RATE_LIMIT" }] : [];
    expect(recomputeRun(validator, run, strange, [workload])).toEqual({
      kind: "row_unreadable",
      invocationId: row?.invocation_id,
    });
  });
});
