import {
  commitmentsOf,
  isViewShared,
  phaseAt,
  phasesOf,
  type Sighting,
  standingOf,
  type View,
  viewRoot,
} from "@neurond/consensus";
import { toFamilyId } from "@neurond/ledger";
import { isCoded, toBlockNumber, toRunId } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alice, bob, charlie } from "./people.ts";

const runId = toRunId("run-7");
const at = toBlockNumber;

describe("the phases of a run", () => {
  const phases = phasesOf(at(1000));

  test("change at C, C + K1 and C + K2", () => {
    const seen = [999, 1000, 1099, 1100, 1199, 1200].map((block) => phaseAt(phases, at(block)));
    expect(seen).toEqual(["open", "commit", "commit", "reveal", "reveal", "compute"]);
  });

  test("count a report committed and revealed in time, and say what was missed", () => {
    expect(standingOf(phases, at(1099), at(1199))).toBe("COUNTED");
    expect(standingOf(phases, null, at(1100))).toBe("NOT_COMMITTED");
    expect(standingOf(phases, at(1100), at(1100))).toBe("COMMITTED_LATE");
    expect(standingOf(phases, at(1099), null)).toBe("NOT_REVEALED");
    expect(standingOf(phases, at(1099), at(1200))).toBe("REVEALED_LATE");
  });

  test.each([
    [0, 10],
    [10, 10],
    [10, 5],
    [1.5, 3],
    [Number.NaN, 3],
  ])("cannot be %d and %d blocks", (commitBlocks, revealBlocks) => {
    try {
      expect(phasesOf(at(1000), { commitBlocks, revealBlocks })).toBe("nothing");
    } catch (error) {
      expect(isCoded(error, "PHASES_INVALID")).toBe(true);
    }
  });
});

describe("of the commitments of a run", () => {
  const sighting = (block: number, extrinsicIndex: number, digit: string): Sighting => ({
    validator: alice,
    block: at(block),
    extrinsicIndex,
    commitment: { version: 1, runId, hash: digit.repeat(64) },
  });
  const first = sighting(5, 1, "a");
  const all = [first, sighting(5, 2, "b"), sighting(6, 0, "a"), sighting(9, 0, "c")];

  test("the first counts and every other is evidence, in whatever order they were seen", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 4 }), (sightings) => {
        const found = commitmentsOf(sightings, runId);
        expect(found.first).toEqual(new Map([[alice, first]]));
        expect(found.changed).toEqual([
          [first, all[1]],
          [first, all[3]],
        ]);
      }),
    );
  });

  test("those of other runs are none", () => {
    expect(commitmentsOf(all, toRunId("run-8")).first.size).toBe(0);
  });
});

describe("a view", () => {
  const view: View = {
    runId,
    familyId: toFamilyId("storage-1"),
    close: at(1000),
    stakes: new Map([
      [alice, 40n],
      [bob, 10n],
      [charlie, 2n ** 63n],
    ]),
    reports: new Map([[alice, "aa".repeat(32)]]),
  };
  const root = viewRoot(view);

  test("has one root, whatever the order in which it was learned", () => {
    expect(viewRoot({ ...view, stakes: new Map([...view.stakes].reverse()) })).toBe(root);
    expect(root).toMatch(/^[0-9a-f]{64}$/);
  });

  test("has another root for other stakes, reports, run, family or block", () => {
    const others = [
      { ...view, runId: toRunId("run-8") },
      { ...view, familyId: toFamilyId("other") },
      { ...view, close: at(1001) },
      { ...view, stakes: new Map(view.stakes).set(charlie, 2n ** 63n + 1n) },
      { ...view, reports: new Map(view.reports).set(bob, "bb".repeat(32)) },
      { ...view, reports: new Map() },
    ];
    expect(new Set([root, ...others.map(viewRoot)]).size).toBe(others.length + 1);
  });

  test("is shared when more than half of the stake published its root", () => {
    const stakes = new Map([
      [alice, 50n],
      [bob, 50n],
      [charlie, 1n],
    ]);
    const other = "00".repeat(32);
    const shared = (...roots: (readonly [typeof alice, string])[]) =>
      isViewShared(root, new Map(roots), stakes);
    expect(shared([alice, root])).toBe(false);
    expect(shared([alice, root], [bob, other])).toBe(false);
    expect(shared([alice, root], [charlie, root])).toBe(true);
  });
});
