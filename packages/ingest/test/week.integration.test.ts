import { Dataset } from "@neurond/gen-exports";
import { toNumber } from "@neurond/incentive";
import { testDatabase } from "@neurond/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryState, type Profile, type ScoreRun, verdictOf } from "../src/index.ts";
import { served } from "./over-http.ts";
import { loadRaw, sqlScores } from "./sql-oracle.ts";
import { auditorOf, dataset, freshWarehouse, type World } from "./world.ts";

const FEW = ["--miners", "6", "--chutes", "10", "--rate", "6"];
type Shares = Readonly<Record<string, number>>;
const patience = () => AbortSignal.timeout(300_000);

/** What plain SQL comes to over the published rows. */
async function sqlOver({ folder }: World): Promise<(profile: Profile) => Promise<Shares>> {
  const database = await testDatabase();
  onTestFinished(() => database[Symbol.asyncDispose]());
  await loadRaw(database, folder);
  const { end } = new Dataset(folder).manifest;
  return (profile) => sqlScores(database, end, profile);
}

/** Every share must be the one of plain SQL, and nobody may be missing. */
function expectShares(run: ScoreRun | null, expected: Shares): void {
  const shares = (run?.rows ?? []).filter(({ share }) => share > 0n);
  expect(shares.length).toBeGreaterThan(2);
  expect(shares.map(({ hotkey }) => hotkey).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const { hotkey, share } of shares)
    expect(Math.abs(toNumber(share) - (expected[hotkey] ?? 0))).toBeLessThan(1e-9);
}

describe("what is served over HTTP and committed to on a chain", { timeout: 360_000 }, () => {
  it.each([
    ["g1", "features"],
    ["g2", "base_bonus"],
    ["g3", "compute_units"],
  ] as const)(
    "audits clean over two days of %s, with the shares of plain SQL",
    async (shape, profile) => {
      const world = dataset("--hours", "48", ...FEW, "--gen", shape, "--block-time", "300");
      await using week = await served(world);
      const { auditor } = await auditorOf(world, {
        ...week.parts,
        settings: { skipsMiners: true },
      });
      const { entries, fresh, run, coverage } = await auditor.pass(patience());
      expect(entries).toHaveLength(48);
      expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
      expect(fresh).toEqual([]);
      expect([run?.profile, run?.hours]).toEqual([profile, 48]);
      const begins = Math.min(...entries.map(({ startTime }) => startTime));
      expect(coverage?.gaps.map(({ end }) => end)).toEqual([begins]);
      expectShares(run, await (await sqlOver(world))(profile));
    },
  );

  it("audits clean over a week in which generations follow each other, by the rules of each", async () => {
    const generations = ["--gen", "g1,g3,g2,all", "--block-time", "300"];
    const world = dataset("--hours", "168", ...FEW, ...generations);
    await using week = await served(world);
    const kept = { warehouse: await freshWarehouse(), state: new MemoryState() };
    const scoresOf = await sqlOver(world);
    for (const profile of ["features", "base_bonus", "compute_units"] as const) {
      const settings = { skipsMiners: true, profile };
      const { auditor, state } = await auditorOf(world, { ...week.parts, ...kept, settings });
      const { entries, run, isNewRun, coverage } = await auditor.pass(patience());
      expect(entries.map(verdictOf).filter((verdict) => verdict !== "VERIFIED")).toEqual([]);
      expect([isNewRun, run?.profile, run?.hours]).toEqual([true, profile, 168]);
      expect(coverage?.gaps).toEqual([]);
      expectShares(run, await scoresOf(profile));
      // What is loaded stays; only its scores are asked for again, by other rules.
      for (const entry of entries.slice(-1)) await state.save({ ...entry, step: "LOADED" });
    }
  });
});
