import { runUuid, type StatedRun } from "@neurond/exports";
import { familyOf, scoresHash } from "@neurond/ledger";
import { hotkeyOf, toRunId } from "@neurond/primitives";
import { defineWorkload, meanScore, passed } from "@neurond/workload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { judgeRows, judgeSlices, type RunSlice } from "../../src/exported/judge-run.ts";
import type { RunRow } from "../../src/exported/recompute.ts";

const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
const validator = key(200);
const workloads = [
  defineWorkload({
    name: "toy/1",
    task: z.null(),
    evidence: z.null(),
    sample: () => [],
    verify: () => passed(),
    score: meanScore,
  }),
];
const image = runUuid(validator, "run-7");
const run: StatedRun = {
  run_id: "run-7",
  family_id: "toy-1",
  workload: "toy/1",
  min_tasks: 1,
  log_from: 10,
  log_to: 30,
  report_sha256: "ab".repeat(32),
  scores: { [key(1)]: 1_000_000, [key(2)]: 0 },
};
const row = (miner: number, id: string, error: string | null = null): RunRow => ({
  parent_invocation_id: id,
  invocation_id: id,
  function_name: "toy/1",
  image_id: image,
  miner_hotkey: key(miner),
  error_message: error,
  compute_multiplier: 1,
});
const rows = [row(1, "a"), row(2, "b", "FAILED LATE")];
const slice = (from: number, to: number, ...images: string[]): RunSlice => ({
  log: { from, to },
  images: new Set(images),
});

const judged = (stated: Partial<StatedRun>, given: readonly RunRow[] = rows, minTasks = 1) =>
  judgeRows(validator, { ...run, ...stated }, pagesOf(given), { workloads, minTasks });

async function* pagesOf(given: readonly RunRow[]) {
  for (const one of given) yield [one];
}

describe("the scores that a run states", () => {
  it("agree when rows come to the same integers, with the hash that is committed", async () => {
    const hash = scoresHash({ ...run, run_id: toRunId("run-7"), family_id: familyOf("toy/1") });
    expect(await judged({})).toEqual({ kind: "agrees", hash, rows: 2 });
  });

  it("differ at the first hotkey whose score is another, missing, or made up", async () => {
    const [first = "", second = ""] = [key(1), key(2)].sort();
    const cases = [
      { ...run.scores, [second]: (run.scores[second] ?? 0) === 0 ? 1 : 999_999 },
      { [first]: run.scores[first] ?? 0 },
    ];
    for (const scores of cases)
      expect(await judged({ scores })).toMatchObject({
        kind: "differs",
        field: `scores.${second}`,
        recomputed: `${run.scores[second]}`,
      });
    const invented = await judged({ scores: { ...run.scores, [key(3)]: 1_000_000 } });
    const field = `scores.${key(3)}`;
    expect(invented).toMatchObject({ field, stated: "1000000", recomputed: "none" });
  });

  it("differ when a rule is bent that they follow from", async () => {
    expect(await judged({ min_tasks: 2, scores: {} })).toMatchObject({ field: "min_tasks" });
    expect(await judged({ family_id: "toy-2" })).toMatchObject({ field: "family_id" });
  });

  it("are not judged where rules, rows or the run's name are not ours", async () => {
    const strangers = [
      judged({ workload: "unheard/1" }),
      judged({}, [row(1, "a", "RATE_LIMIT")]),
      judged({}, [{ ...row(1, "a"), miner_hotkey: "nobody" }]),
      judged({ run_id: "../run" }),
    ];
    for (const verdict of await Promise.all(strangers)) expect(verdict.kind).toBe("unjudged");
  });
});

describe("the slices of a run", () => {
  it("are whole only when no entry of the log is missing, in any order", () => {
    const parts = fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.nat(8), (cuts, left) => {
        const ends = [0, ...cuts.toSorted((a, b) => a - b), 40];
        const all = ends.slice(1).map((to, at) => slice(ends[at] ?? 0, to));
        expect(judgeSlices(validator, run, all.toReversed())).toBeNull();
        const gone = all[left % all.length];
        const isNeeded = gone !== undefined && gone.log.to > 10 && gone.log.from < 30;
        const rest = all.filter((one) => one !== gone);
        expect(judgeSlices(validator, run, rest)?.kind ?? null).toBe(isNeeded ? "not_whole" : null);
      }),
    );
  });

  it("name the first entry that is missing", () => {
    const slices = [slice(0, 15, image), slice(20, 40)];
    expect(judgeSlices(validator, run, slices)).toEqual({ kind: "not_whole", from: 15, to: 30 });
  });

  it("hide no row of the run outside the entries that the run states", () => {
    const slices = [slice(0, 30, image), slice(30, 40, image)];
    expect(judgeSlices(validator, run, slices)).toMatchObject({
      kind: "differs",
      field: "log",
      stated: "10 to 30",
    });
    const none = { ...run, log_from: 0, log_to: 0 };
    expect(judgeSlices(validator, none, [slice(0, 9, image)])).toMatchObject({ field: "log" });
  });
});
