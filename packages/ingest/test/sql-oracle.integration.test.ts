import { Dataset } from "@neurond/gen-exports";
import { toNumber } from "@neurond/incentive";
import { testDatabase } from "@neurond/testing";
import { expect, it } from "vitest";
import { loadRaw, sqlScores } from "./sql-oracle.ts";
import { auditorOf, dataset } from "./world.ts";

it.each([
  ["g1", "features"],
  ["g2", "base_bonus"],
  ["g3", "compute_units"],
] as const)(
  "scores of %s are what plain SQL makes of the published rows, within 10^-9",
  async (shape, profile) => {
    const size = ["--hours", "8", "--miners", "8", "--chutes", "12", "--rate", "120"];
    const faults = ["--fault", "confirmed-later-report,blacklisted-miner"];
    const world = dataset(...size, ...faults, "--gen", shape);
    const { auditor } = await auditorOf(world);
    const { run } = await auditor.pass(AbortSignal.timeout(60_000));
    await using database = await testDatabase();
    const { end } = new Dataset(world.folder).manifest;
    await loadRaw(database, world.folder);
    const expected = await sqlScores(database, end, profile);
    const shares = (run?.rows ?? []).filter(({ share }) => share > 0n);
    expect(shares.length).toBeGreaterThan(3);
    expect(shares.map(({ hotkey }) => hotkey).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const { hotkey, share } of shares)
      expect(Math.abs(toNumber(share) - (expected[hotkey] ?? 0))).toBeLessThan(1e-9);
  },
  60_000,
);
