import { expect, test } from "vitest";
import { DOCUMENT, type PeriodsBody } from "../../src/run-documents.ts";
import { withheldPeriod } from "../../src/sweep/withheld.ts";

const plan = (periods?: PeriodsBody) => [
  {
    type: DOCUMENT.plan,
    miner: null,
    body: {
      run: 9,
      slots: [],
      beacon_kind: 0,
      beacon_block: 950,
      block: 940,
      links: [],
      ...(periods && { periods }),
    },
  },
];

test("a secret is withheld from the block on at which it is due, a whole period after its own", () => {
  const periods = { blocks: 100, first: 3, next: 12, revealed: 5 };
  expect(withheldPeriod(plan(periods), 699)).toBeNull();
  expect(withheldPeriod(plan(periods), 700)).toBe(5);
  expect(withheldPeriod(plan({ ...periods, revealed: 6 }), 700)).toBeNull();
});

test("who committed to nothing owes nothing", () => {
  expect(withheldPeriod(plan(), 10_000)).toBeNull();
  expect(withheldPeriod([], 10_000)).toBeNull();
  const all = { blocks: 100, first: 3, next: 5, revealed: 5 };
  expect(withheldPeriod(plan(all), 10_000)).toBeNull();
});
