import fc from "fast-check";
import { expect, test } from "vitest";
import { weightedMedian } from "../../src/yuma/weighted-median.ts";
import { weightedMedian as reference } from "./reference.ts";

const vote = fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 100 }));

test("the median in place equals the pallet's recursive halving, in any order of votes", () => {
  fc.assert(
    fc.property(
      fc.array(vote, { maxLength: 30 }),
      fc.integer(),
      fc.nat(50),
      (votes, cut, below) => {
        const total = below + votes.reduce((sum, [, stake]) => sum + stake, 0);
        const minority = (cut % (total + 10)) - 5;
        const expected = reference(
          votes.map(([, stake]) => BigInt(stake)),
          votes.map(([score]) => BigInt(score)),
          [...votes.keys()],
          BigInt(minority),
          BigInt(below),
          BigInt(total),
        );
        for (const order of [votes, votes.toReversed(), votes.toSorted(([a], [b]) => a - b)]) {
          const candidates = {
            scores: Float64Array.from(order, ([score]) => score),
            stakes: Float64Array.from(order, ([, stake]) => stake),
            from: 0,
            to: order.length,
          };
          expect(BigInt(weightedMedian(candidates, minority, below, total))).toBe(expected);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
