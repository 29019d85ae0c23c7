import { toU16Weights, toUid } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const scored = (...scores: bigint[]) => new Map(scores.map((score, uid) => [toUid(uid), score]));
const valuesOf = (...scores: bigint[]) => toU16Weights(scored(...scores)).map((one) => one.value);

describe("u16 weights", () => {
  test.each([
    { name: "two equal scores", scores: [5n, 5n], values: [65_535, 65_535] },
    { name: "seven to three", scores: [7n, 3n], values: [65_535, 28_086] },
    { name: "999 to one", scores: [999n, 1n], values: [65_535, 66] },
    { name: "scores that are all zero", scores: [0n, 0n], values: [] },
    { name: "no scores", scores: [], values: [] },
  ])("of $name follow the rule of the Python SDK", ({ scores, values }) => {
    expect(valuesOf(...scores)).toEqual(values);
  });

  test("round a tie to the even value", () => {
    // 65535 · score / 131070 is score / 2.
    expect(valuesOf(131_070n, 1n, 3n, 5n)).toEqual([65_535, 2, 2]);
  });

  test("leave out what rounds to nothing and ascend by uid", () => {
    const scores = new Map([
      [toUid(9), 100_000_000n],
      [toUid(4), 1n],
      [toUid(2), 50_000_000n],
    ]);
    expect(toU16Weights(scores)).toEqual([
      { uid: 2, value: 32_768 },
      { uid: 9, value: 65_535 },
    ]);
  });

  test("do not depend on the unit of the scores or on their order", () => {
    const anyScores = fc.array(fc.bigInt(0n, 2n ** 80n), { maxLength: 20 });
    fc.assert(
      fc.property(anyScores, fc.bigInt(1n, 10n ** 9n), (scores, factor) => {
        const weights = toU16Weights(scored(...scores));
        expect(toU16Weights(scored(...scores.map((score) => score * factor)))).toEqual(weights);
        expect(toU16Weights(new Map([...scored(...scores)].reverse()))).toEqual(weights);
      }),
    );
  });

  test("keep the order of the scores and give the best all there is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 20 }),
        (scores) => {
          fc.pre(scores.some((score) => score > 0n));
          const weights = toU16Weights(scored(...scores));
          expect(Math.max(...weights.map(({ value }) => value))).toBe(65_535);
          const ranked = weights.toSorted((a, b) =>
            Number((scores[a.uid] ?? 0n) - (scores[b.uid] ?? 0n)),
          );
          for (const [index, { value }] of ranked.entries()) {
            expect(value).toBeGreaterThanOrEqual(ranked[index - 1]?.value ?? 1);
          }
        },
      ),
    );
  });

  test("refuse a negative score", () => {
    expect(codeOf(() => toU16Weights(scored(1n, -1n)))).toBe("WEIGHT_NEGATIVE");
  });
});
