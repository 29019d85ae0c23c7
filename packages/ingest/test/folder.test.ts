import { toNumber } from "@neurond/incentive";
import { describe, expect, it } from "vitest";
import { shareLines, verdictOf } from "../src/index.ts";
import { auditorOf, dataset } from "./world.ts";

const SIGNAL = AbortSignal.timeout(60_000);

describe("a folder of exports", { timeout: 60_000 }, () => {
  it.each([
    ["g1", "features"],
    ["g2", "base_bonus"],
    ["g3", "compute_units"],
    ["all", "compute_units"],
  ])("of %s audits clean, and its scores are those of the generator", async (shape, profile) => {
    const world = dataset("--gen", shape);
    const { auditor } = await auditorOf(world);
    const { entries, run, fresh, coverage, loaded } = await auditor.pass(SIGNAL);
    const verdicts = Object.fromEntries(entries.map((entry) => [entry.entryId, verdictOf(entry)]));
    expect(verdicts).toEqual(
      Object.fromEntries(world.truth.entries.map((entry) => [entry.entry_id, entry.verdict])),
    );
    expect(fresh.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([]);
    expect([run?.profile, run?.hours, coverage?.overlaps]).toEqual([profile, 4, []]);
    expect(loaded).toBe(world.truth.entries.length);
    const expected = world.truth.scores[profile] ?? {};
    const shares = (run?.rows ?? []).filter(({ share }) => share > 0n);
    expect(shares.map(({ hotkey }) => hotkey).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const { hotkey, share } of shares)
      expect(Math.abs(toNumber(share) - (expected[hotkey] ?? 0))).toBeLessThan(1e-9);
    expect(run?.metagraph.agrees).toBe(true);
    expect(run && shareLines(run)[0]).toMatch(
      /^Calculated incentive locally for 5\w{47} \[[ \d]{3}\]: 0\.\d{5} vs actual 0\.\d{5}, delta 0\.\d{5}/,
    );
  });

  it("of generations that follow each other is verified and loaded, each hour as what it is", async () => {
    const world = dataset("--gen", "g1,g2,g3,all");
    const { auditor } = await auditorOf(world);
    const { entries } = await auditor.pass(SIGNAL);
    expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
    const own = entries.filter(({ reporter }) => reporter === "validator");
    expect(own.map(({ generation }) => generation)).toEqual(["g1", "g2", "g3", "g3"]);
    expect(own.map(({ hasInvocations }) => hasInvocations)).toEqual([true, true, false, true]);
  });
});
