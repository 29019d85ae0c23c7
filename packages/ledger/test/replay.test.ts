import {
  attachBodies,
  bodiesOf,
  detachBodies,
  familyOf,
  type Json,
  MAX_INLINE_BYTES,
  type Observation,
  replay,
  scoreRun,
} from "@neurond/ledger";
import { toMicro, toRunId } from "@neurond/primitives";
import { CONTAINED, failed, OFFLINE, passed, unknown } from "@neurond/workload";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { double, miner, observation } from "./samples.ts";

const runId = toRunId("run-7");
const family = familyOf(double.name);
const again = (observations: readonly Observation[], more = {}) =>
  replay({ runId, observations, workloads: [double], ...more });

describe("an honest record", () => {
  const observations = [
    observation(),
    observation({ slot: 1, evidence: { answer: 0 }, outcome: failed("ANSWER_WRONG") }),
    observation({ slot: 2, evidence: { reply: 42 }, outcome: failed("EVIDENCE_MALFORMED") }),
    observation({ slot: 3, evidence: null, received_ms: null, outcome: CONTAINED }),
    observation({ slot: 3 }),
    observation({ miner: miner(2), evidence: null, received_ms: null, outcome: OFFLINE }),
    observation({ miner: miner(2), slot: 1 }),
    observation({ miner: miner(3), evidence: null, outcome: unknown("BEACON_MISSING") }),
    observation({ run_id: toRunId("run-6"), outcome: failed("ANSWER_WRONG") }),
  ];

  test("gives its outcomes and scores again, without a difference", () => {
    const { outcomes, scores, differences } = again(observations);
    expect(outcomes).toEqual(observations.slice(0, -1).map(({ outcome }) => outcome));
    expect(scores.get(family)).toEqual({
      scores: new Map([
        [miner(1), toMicro(500_000)],
        [miner(2), toMicro(500_000)],
      ]),
      taskCounts: new Map([
        [miner(1), 4],
        [miner(2), 2],
      ]),
    });
    expect(differences).toEqual([]);
  });

  test("agrees with the report made of it", () => {
    const due = again(observations).scores.get(family);
    const reported = new Map([
      [
        family,
        {
          scores: Object.fromEntries(due?.scores ?? []),
          task_counts: Object.fromEntries(due?.taskCounts ?? []),
        },
      ],
    ]);
    expect(again(observations, { reported }).differences).toEqual([]);
  });

  test("leaves out who has too few settled tasks", () => {
    const { scores } = again(observations, { minTasks: 3 });
    expect([...(scores.get(family)?.scores.keys() ?? [])]).toEqual([miner(1)]);
  });
});

describe("a lie in the record is a difference:", () => {
  const kinds = (observations: readonly Observation[], more = {}) =>
    again(observations, more).differences.map(({ kind }) => kind);

  test("a wrong answer recorded as passed", () => {
    const lie = observation({ evidence: { answer: 41 } });
    expect(again([observation({ slot: 1 }), lie]).differences).toEqual([
      {
        kind: "outcome",
        where: { workload: double.name, miner: miner(1), slot: 0, at: 1 },
        recorded: passed(),
        recomputed: failed("ANSWER_WRONG"),
      },
    ]);
  });

  test("an answer hidden behind an asserted outcome", () => {
    for (const outcome of [OFFLINE, CONTAINED, unknown("OURS")]) {
      expect(kinds([observation({ outcome })])).toEqual(["outcome"]);
    }
  });

  test("another reason than the evidence gives", () => {
    expect(kinds([observation({ evidence: null, outcome: failed("ANSWER_WRONG") })])).toEqual([
      "evidence_missing",
    ]);
    const other = observation({ evidence: { answer: 1 }, outcome: failed("OTHER") });
    expect(kinds([other])).toEqual(["outcome"]);
  });

  test("a pass without evidence, which then counts for nothing", () => {
    const { scores, differences } = again([observation({ evidence: null })]);
    expect(differences.map(({ kind }) => kind)).toEqual(["evidence_missing"]);
    expect(scores.get(family)?.scores.size).toBe(0);
  });

  test("a task judged again after it was over", () => {
    const bad = observation({ evidence: { answer: 0 }, outcome: failed("ANSWER_WRONG") });
    expect(kinds([bad, observation()])).toEqual(["judged_twice"]);
    expect(kinds([observation({ evidence: null, outcome: CONTAINED }), observation()])).toEqual([]);
  });

  test("a workload nobody knows", () => {
    expect(kinds([observation({ workload: "halve/1" })])).toEqual(["workload_unknown"]);
  });

  test("a score that does not follow, one invented and one left out", () => {
    const said = { scores: { [miner(1)]: 999_999, [miner(9)]: 1 }, task_counts: { [miner(1)]: 2 } };
    const reported = new Map([[family, said]]);
    const observations = [observation(), observation({ miner: miner(2) })];
    const { differences } = again(observations, { reported });
    expect(
      differences.map(({ kind, where, recorded, recomputed }) => ({
        kind,
        miner: where.miner,
        recorded,
        recomputed,
      })),
    ).toEqual(
      [
        { kind: "score", miner: miner(1), recorded: 999_999, recomputed: 1_000_000 },
        { kind: "score", miner: miner(2), recorded: null, recomputed: 1_000_000 },
        { kind: "score", miner: miner(9), recorded: 1, recomputed: null },
        { kind: "task_count", miner: miner(1), recorded: 2, recomputed: 1 },
        { kind: "task_count", miner: miner(2), recorded: null, recomputed: 1 },
      ].sort((a, b) => (`${a.kind}${a.miner}` < `${b.kind}${b.miner}` ? -1 : 1)),
    );
  });
});

describe("long byte strings", () => {
  const long = `0x${"ab".repeat(MAX_INLINE_BYTES + 1)}`;
  const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, true, 7, "", "0xabcd", "0xab", "$sha256", "0xABCD"),
      fc.string(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(fc.constantFrom("$sha256", "$$sha256", "$", "__proto__", "a"), fc.string()),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;

  test("leave the record and come back as they were", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const { record, bodies } = detachBodies(value, 1);
        const stored: Json = JSON.parse(JSON.stringify(record));
        expect(attachBodies(stored, (hash) => bodies.get(hash))).toEqual({ ok: true, value });
        expect(new Set(bodiesOf(stored))).toEqual(new Set(bodies.keys()));
      }),
    );
  });

  test("are told from a record that names a hash itself", () => {
    const { record, bodies } = detachBodies({ answer: { $sha256: "ab".repeat(32) } });
    expect(bodies.size).toBe(0);
    expect(attachBodies(record, () => undefined)).toMatchObject({ ok: true });
  });

  test("that are gone or altered leave the verdict as recorded, and say so", () => {
    const evidence = { answer: 42, note: long };
    const { record, bodies } = detachBodies(evidence);
    const kept = observation({ evidence: record });
    const bodyOf = (hash: string) => bodies.get(hash);
    expect(again([kept], { bodyOf }).differences).toEqual([]);
    for (const lost of [() => undefined, () => new Uint8Array(3)]) {
      const { outcomes, differences } = again([kept], { bodyOf: lost });
      expect([outcomes, differences.map(({ kind }) => kind)]).toEqual([
        [passed()],
        ["body_missing"],
      ]);
    }
  });
});

test("a task judged again keeps its latest outcome in the score", () => {
  const judged = [CONTAINED, failed("REASON"), passed()].map((outcome) => ({
    miner: miner(1),
    slot: 0,
    outcome,
  }));
  expect(scoreRun(double, judged).scores.get(miner(1))).toBe(1_000_000);
  expect(scoreRun(double, judged.slice(0, 1)).scores.size).toBe(0);
});
