import { join } from "node:path";
import { formatIsoTime, MICROS_PER_HOUR, type StatedScoring } from "@neurond/exports";
import { parseHotkey } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { statedFindings } from "../../io/continuity/stated-scoring.ts";
import { type ScoreRun, type Stated, scoringFindings } from "../../src/index.ts";
import { auditorOf, dataset, temporary } from "../world.ts";
import { rewrite } from "./rewrite.ts";

const source = parseHotkey("5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ");
const miner = parseHotkey("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
const asOf = Date.UTC(2026, 2, 29, 2) * 1_000; // the night in which European clocks go forward
const WEEK = [{ start: asOf - 168 * MICROS_PER_HOUR, end: asOf }];
const same = { l1: 0n, maxDelta: 0n, agrees: true, spearman: null, kendall: null };

const run: ScoreRun = {
  source,
  asOf,
  profile: "compute_units",
  inputsRoot: "0x05",
  inputs: { members: "0x01", instances: "0x02", history: "0x03" },
  block: 100,
  createdMs: 0,
  hours: 168,
  isComplete: true,
  reconciled: false,
  total: 7n,
  rows: [
    {
      hotkey: miner,
      uid: 1,
      score: 7n,
      share: 1n,
      actual: 0n,
      weight: null,
      published: null,
      raw: {},
    },
  ],
  metagraph: same,
  weights: null,
  published: null,
};

function stated(change: Partial<StatedScoring> = {}): Stated {
  const scoring: StatedScoring = {
    profile: "compute_units/1",
    as_of: formatIsoTime(asOf),
    block: 100,
    rules: {},
    inputs: run.inputs,
    inputs_root: run.inputsRoot,
    scores: { [miner]: "7" },
    ...change,
  };
  return { entryId: "of the newest report", scoring };
}

const subjects = (...given: Parameters<typeof scoringFindings>) =>
  scoringFindings(...given).map(({ subject }) => subject);

describe("what a report says its shares follow from", () => {
  it("gives no finding when it does", () => {
    expect(scoringFindings(run, stated(), WEEK)).toEqual([]);
  });

  it("is named table by table where another follows from the reports, with both digests", () => {
    const inputs = { ...run.inputs, instances: "0x12", history: "0x13" };
    const found = scoringFindings(run, stated({ inputs, scores: {} }), WEEK);
    expect(found.map(({ subject }) => subject)).toEqual(["instances", "history"]);
    expect(found[0]).toMatchObject({ kind: "SCORING_INPUTS_DIFFER", entryId: stated().entryId });
    expect(found[0]?.detail).toMatch(/0x02 .* 0x12/);
  });

  it("leads to equal integers, or to the ones that are not", () => {
    const found = scoringFindings(run, stated({ scores: { [miner]: "8" } }), WEEK);
    expect(found).toMatchObject([{ subject: "scores" }]);
    expect(found[0]?.detail).toContain(`${miner} 7 and not 8`);
    expect(subjects(run, stated({ scores: {} }), WEEK)).toEqual(["scores"]);
  });

  it("may have other neurons when they were read at another block, and then says nothing of scores", () => {
    const inputs = { ...run.inputs, members: "0x11" };
    expect(subjects(run, stated({ inputs }), WEEK)).toEqual(["members"]);
    expect(subjects(run, stated({ inputs, block: 99, scores: {} }), WEEK)).toEqual([]);
  });

  it("is held against nothing but a whole week as of the same moment by the same rules", () => {
    const wrong = { scores: {} };
    const early = WEEK.map(({ start, end }) => ({ start: start + MICROS_PER_HOUR, end }));
    expect(subjects(run, stated(wrong), early)).toEqual([]);
    expect(subjects(run, stated({ ...wrong, as_of: "2026-03-29T01:00:00" }), WEEK)).toEqual([]);
    expect(subjects(run, stated({ ...wrong, profile: "compute_units/2" }), WEEK)).toEqual([]);
    expect(subjects({ ...run, isComplete: false }, stated(wrong), WEEK)).toEqual([]);
    expect(subjects({ ...run, reconciled: true }, stated(wrong), WEEK)).toEqual([]);
  });

  it("is read from the newest report as it was kept, and only while it is what was fetched", async () => {
    const world = dataset("--hours", "1", "--miners", "3", "--chutes", "4", "--rate", "3");
    const log = { from: 0, to: 0, root: "00".repeat(32) };
    const { scoring } = stated({ scores: { [miner]: "8" } });
    rewrite(world, 0, ({ neurond }) =>
      Object.assign(neurond ?? {}, { statement: { log, runs: [], scoring } }),
    );
    const directory = join(temporary(), "reports");
    const { auditor, state } = await auditorOf(world, { settings: { directory } });
    await auditor.pass(AbortSignal.timeout(30_000));
    const entries = await state.entries(world.validator);
    const newest = entries.find(({ reporter }) => reporter === "validator");
    if (newest === undefined) throw new Error("nothing was loaded");
    const found = await statedFindings(directory, newest, run, WEEK);
    expect(found).toMatchObject([{ subject: "scores", entryId: newest.entryId }]);
    const other = { ...newest, reportSha256: "00".repeat(32) };
    expect(await statedFindings(directory, other, run, WEEK)).toEqual([]);
  });
});
