import { HOUR_US } from "@neurond/incentive";
import { probeKey, syntheticFinding } from "@neurond/synthetics";
import { verifyProbes } from "@neurond/synthetics/io";
import { describe, expect, test } from "vitest";
import { exported, HOUR, type Scene, scene, scratch, VALIDATOR } from "./scene.ts";

type Rows = Scene["gateway"]["rows"];

/** Traced and blind requests of several kinds, then a look at exports that `change` has been at. */
async function verified(change: (rows: Rows) => Rows, validator = VALIDATOR) {
  using folder = scratch();
  await using world = await scene(folder.path, {
    behaviour: (request) => ({ kind: "retries", failures: request % 3 }),
  });
  for (const type of ["chat", "image", "embed"] as const) {
    await world.probe(type);
    await world.probe(type, { blindShare: 1 });
  }
  await using warehouse = await exported(folder.path, world.gateway, change);
  const { store } = world;
  const found = await verifyProbes({ store, warehouse, validator }, HOUR - HOUR_US);
  return { ...found, rows: world.gateway.rows, store };
}

const nothingElse = { PENDING: 0, MISMATCH: 0, MISSING: 0, NO_CSV: 0 };

describe("exports", () => {
  test("that hold every attempt are clean, for traced and blind requests alike", async () => {
    const { summary, bad, rows, store } = await verified((all) => all);
    expect(rows.length).toBeGreaterThan(6);
    expect(bad).toEqual([]);
    expect(summary.blind.verdicts).toEqual({ ...nothingElse, FOUND: 3 });
    expect(summary.traced.verdicts).toEqual({
      ...nothingElse,
      FOUND: summary.traced.omission.judged,
    });
    expect(summary.blind.omission).toMatchObject({ judged: 3, missing: 0, ruleOfThree: 1 });
    expect(await store.pending(10)).toEqual([]);
  });

  test("that drop one attempt are caught, a retried one too", async () => {
    const { bad, rows } = await verified(([_dropped, ...rest]) => rest);
    expect(bad.map(({ probe, verdict }) => [probeKey(probe), verdict])).toEqual([
      [rows[0]?.invocation_id, "MISSING"],
    ]);
    expect(bad.map(syntheticFinding)).toMatchObject([
      { kind: "SYNTHETIC_MISSING", severity: "critical", subject: rows[0]?.invocation_id },
    ]);
  });

  test("that credit another miner are caught", async () => {
    const { bad, rows } = await verified(([first, ...rest]) =>
      first === undefined ? [] : [{ ...first, miner_hotkey: VALIDATOR }, ...rest],
    );
    expect(bad).toMatchObject([
      {
        probe: { invocationId: rows[0]?.invocation_id },
        verdict: "MISMATCH",
        fields: ["minerHotkey"],
      },
    ]);
    expect(bad.map(syntheticFinding)).toMatchObject([
      { kind: "SYNTHETIC_MISMATCH", severity: "critical" },
    ]);
  });

  test("that lose a blind request as a whole are caught by its header alone", async () => {
    const { bad, summary } = await verified((all) => {
      const parents = [...new Set(all.map((row) => row.parent_invocation_id))];
      return all.filter((row) => row.parent_invocation_id !== parents[1]);
    });
    expect(bad).toMatchObject([{ probe: { kind: "blind" }, verdict: "MISSING" }]);
    expect(summary.blind.omission).toMatchObject({ judged: 3, missing: 1 });
  });

  test("that call an answered blind request an error are caught", async () => {
    const { bad } = await verified((all) => {
      const parents = [...new Set(all.map((row) => row.parent_invocation_id))];
      return all.map((row) =>
        row.parent_invocation_id === parents[1] ? { ...row, error_message: "RATE_LIMIT" } : row,
      );
    });
    expect(bad).toMatchObject([
      { probe: { kind: "blind" }, verdict: "MISMATCH", fields: ["error"] },
    ]);
  });

  test("of somebody else judge nothing", async () => {
    const { judged, summary } = await verified(
      (all) => all,
      "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    );
    expect(judged).toEqual([]);
    expect(summary.traced.verdicts.PENDING).toBeGreaterThan(3);
  });
});
