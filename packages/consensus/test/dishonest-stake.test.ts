import { checkQuorum, exceeds, parseFraction } from "@neurond/consensus";
import { hotkeyOf } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medianOf, type Vote } from "./oracle.ts";

const HONEST = { low: 400_000, high: 600_000 };
const anyHonest = fc.array(
  fc.record({
    score: fc.integer({ min: HONEST.low, max: HONEST.high }),
    stake: fc.bigInt({ min: 1n, max: 2n ** 60n }),
  }),
  { minLength: 1, maxLength: 20 },
);
const stakeOf = (votes: readonly Vote[]) => votes.reduce((sum, { stake }) => sum + stake, 0n);
/** Whether liars with stake d move the median out of what honest validators said, all voting `score`. */
const moves = (honest: readonly Vote[], d: bigint, score: number) => {
  const median = medianOf([...honest, { score, stake: d }]);
  return median < HONEST.low || median > HONEST.high;
};

describe("with q the stake heard, d of it dishonest:", () => {
  test("d < q/2 stays within the honest votes, whatever the liars say", () => {
    const anyLies = fc.array(
      fc.record({
        score: fc.integer({ min: 0, max: 1_000_000 }),
        stake: fc.bigInt({ min: 1n, max: 2n ** 60n }),
      }),
    );
    fc.assert(
      fc.property(anyHonest, anyLies, (honest, lies) => {
        fc.pre(stakeOf(lies) < stakeOf(honest));
        const scores = honest.map(({ score }) => score);
        const median = medianOf([...honest, ...lies]);
        expect(median).toBeGreaterThanOrEqual(Math.min(...scores));
        expect(median).toBeLessThanOrEqual(Math.max(...scores));
      }),
    );
  });

  test("the bound is exact: one rao short of half fails, half pulls down, one more pulls up", () => {
    fc.assert(
      fc.property(anyHonest, (honest) => {
        // d = q/2 exactly when liars hold as much as the honest.
        const half = stakeOf(honest);
        fc.pre(half < 2n ** 63n);
        expect(moves(honest, half - 1n, 0)).toBe(false);
        expect(moves(honest, half - 1n, 1_000_000)).toBe(false);
        expect(moves(honest, half, 0)).toBe(true);
        expect(moves(honest, half, 1_000_000)).toBe(false);
        expect(moves(honest, half + 1n, 1_000_000)).toBe(true);
      }),
    );
  });
});

describe("of all stake T, what liars need depends on participation:", () => {
  const T = 600_000n;
  /** The least dishonest stake that can move a median when just enough is heard. */
  const leastAttack = (fraction: string): bigint => {
    let q = 1n;
    while (!exceeds(q, T, parseFraction(fraction))) q += 1n;
    // The lowest d with 2d >= q; the honest part of the quorum is the rest.
    return (q + 1n) / 2n;
  };

  test.each([
    ["1/2", 150_001n, 25],
    ["2/3", 200_001n, 33],
    ["0.999999", 300_000n, 50],
  ])("at a quorum of %s the least is %d of 600000, %d %%", (fraction, least, percent) => {
    expect(leastAttack(fraction)).toBe(least);
    expect((least * 100n) / T).toBe(BigInt(percent));
  });

  test.each(["1/2", "3/5", "2/3", "3/4", "9/10"])(
    "the median at a quorum of %s breaks at that stake and not before",
    (fraction) => {
      const rules = { fraction: parseFraction(fraction), minReporters: 2, requireSelf: false };
      const [honest, liar, silent] = [1, 2, 3].map((byte) =>
        hotkeyOf(new Uint8Array(32).fill(byte)),
      );
      if (!honest || !liar || !silent) expect.unreachable();
      const d = leastAttack(fraction);
      let q = 2n * d - 1n;
      if (!exceeds(q, T, rules.fraction)) q += 1n;
      const attack = (dishonest: bigint) => {
        const stakes = new Map([
          [honest, q - dishonest],
          [liar, dishonest],
          [silent, T - q],
        ]);
        const quorum = checkQuorum(stakes, [honest, liar], honest, rules);
        expect([quorum.holds, quorum.heard]).toEqual([true, q]);
        return moves([{ score: 500_000, stake: q - dishonest }], dishonest, 0);
      };
      expect(attack(d)).toBe(true);
      expect(attack(d - 1n)).toBe(false);
    },
  );
});
