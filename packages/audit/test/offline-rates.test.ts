import fc from "fast-check";
import { expect, test } from "vitest";
import type { AnswerCount } from "../src/facts.ts";
import { rateDifferences } from "../src/offline-rates.ts";
import { hotkeyFor, miners, validators } from "./people.ts";

const [miner] = miners.map(hotkeyFor);
const hotkeys = validators.map(hotkeyFor);

function counts(rows: readonly (readonly [offline: number, answered: number])[]): AnswerCount[] {
  return rows.flatMap(([offline, answered], at) => {
    const validator = hotkeys[at];
    return validator === undefined || miner === undefined
      ? []
      : [{ validator, miner, offline, answered }];
  });
}

test("the one that says otherwise than all others is named", () => {
  const [found, ...more] = rateDifferences(
    counts([
      [12, 0],
      [0, 12],
      [1, 11],
    ]),
  );
  expect(more).toEqual([]);
  expect(found).toMatchObject({ validator: hotkeys[0], offline: 12, asked: 12, othersOffline: 1 });
});

test("a few lost answers name nobody", () => {
  expect(
    rateDifferences(
      counts([
        [3, 9],
        [0, 12],
        [0, 12],
      ]),
    ),
  ).toEqual([]);
});

test("a miner that all call offline names nobody", () => {
  const rate = fc.tuple(fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(rate, ([times]) => {
      expect(
        rateDifferences(
          counts([
            [times, 0],
            [times, 0],
            [times, 0],
          ]),
        ),
      ).toEqual([]);
    }),
  );
});

test("without anybody else there is nothing to compare with", () => {
  expect(rateDifferences(counts([[50, 0]]))).toEqual([]);
});
