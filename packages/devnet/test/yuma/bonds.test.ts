import { describe, expect, test } from "vitest";
import { clipToConsensus } from "../../src/yuma/clip.ts";
import { ONE } from "../../src/yuma/fixed.ts";
import { emaWithLiquidAlpha } from "../../src/yuma/liquid-alpha.ts";
import { pairRow } from "../../src/yuma/pair-row.ts";
import { standingBonds } from "../../src/yuma/stored-bonds.ts";
import { weightsForBonds } from "../../src/yuma/weights-for-bonds.ts";
import { matrixOf, rowsOf } from "./matrix.ts";

const consensus = Float64Array.of(0, ONE / 4, ONE / 4);
const half = ONE / 2;

describe("weights clipped to the consensus", () => {
  test("vanish where the consensus is nothing, and stay where the weight is nothing", () => {
    const weights = matrixOf([
      [
        [0, half],
        [1, half],
        [2, 1],
      ],
      [
        [0, 0],
        [1, 0],
      ],
      [],
    ]);
    expect(rowsOf(clipToConsensus(weights, consensus))).toEqual([
      [
        [1, ONE / 4],
        [2, 1],
      ],
      [
        [0, 0],
        [1, 0],
      ],
      [],
    ]);
  });

  test("make bonds in proportion to the penalty", () => {
    const weights = matrixOf([
      [
        [2, half],
        [1, 0],
        [0, half],
      ],
      [],
      [],
    ]);
    const clipped = clipToConsensus(weights, consensus);
    const bonds = (penalty: number) =>
      rowsOf(weightsForBonds(weights, clipped, consensus, penalty))[0];
    expect(bonds(0)).toEqual([
      [2, half],
      [1, 0],
      [0, half],
    ]);
    expect(bonds(half)).toEqual([
      [0, ONE / 4],
      [2, (3 * ONE) / 8],
    ]);
    expect(bonds(ONE)).toEqual([
      [2, ONE / 4],
      [1, 0],
    ]);
  });
});

describe("with liquid alpha", () => {
  const fixedSpeed = { low: 32_768, high: 32_768, steepness: 1000 };

  test("a bond decays under a weight of 0 and disappears without a weight", () => {
    const weights = matrixOf([[[1, 0]], [], []]);
    const old = matrixOf([
      [
        [1, half],
        [2, half],
      ],
      [],
      [],
    ]);
    const [row] = rowsOf(emaWithLiquidAlpha(weights, old, consensus, fixedSpeed));
    // half of what it was, and a little less: 32768 / 65535 is above a half
    expect(row).toEqual([[1, 1_073_725_440]]);
  });

  test("the speed of an entry that follows a higher uid is that of a weight of 0", () => {
    const settings = { low: 6_553, high: 58_982, steepness: 1000 };
    const none = matrixOf([[], [], []]);
    const bonds = (entries: [number, number][]) => {
      const weights = matrixOf([entries, [], []]);
      return new Map(rowsOf(emaWithLiquidAlpha(weights, none, consensus, settings))[0]);
    };
    const ascending = bonds([
      [1, ONE],
      [2, ONE],
    ]);
    const descending = bonds([
      [2, ONE],
      [1, ONE],
    ]);
    expect(descending.get(2)).toBe(ascending.get(2));
    expect(descending.get(1)).toBeLessThan(ascending.get(1) ?? 0);
  });
});

describe("stored bonds", () => {
  const rows = [
    pairRow([
      [0, 1],
      [1, 2],
      [2, 3],
    ]),
    pairRow([]),
    pairRow([]),
  ];
  const epoch = { block: 100, tempo: 20, lastMechanismStepBlock: 0 };

  test("stand toward neurons that were there before the last epoch ran", () => {
    const after = { ...epoch, lastMechanismStepBlock: 85 };
    expect(rowsOf(standingBonds(rows, [84, 85, 86], after))[0]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("stand for a tempo before the first epoch ran", () => {
    expect(rowsOf(standingBonds(rows, [79, 80, 81], epoch))[0]).toEqual([[0, 1]]);
  });
});
