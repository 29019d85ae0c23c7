import { NO_VOTE, weightedMedians } from "@neurond/consensus";
import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medianByDefinition, medianOf, type Vote } from "./oracle.ts";
import vectors from "./vectors/median.json" with { type: "json" };

const MAX_U64 = 2n ** 64n - 1n;
const anyScore = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.constantFrom(0, 1, 127, 128, 16_383, 16_384, 499_999, 500_000, 999_999, 1_000_000),
);
const anyStake = fc.oneof(
  fc.bigInt({ min: 1n, max: 100n }),
  fc.bigInt({ min: 1n, max: 2n ** 54n }),
  fc.bigInt({ min: MAX_U64 - 4n, max: MAX_U64 }),
  fc.constantFrom(1n, 2n ** 51n, 2n ** 52n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n),
);
const anyVote: fc.Arbitrary<Vote> = fc.record({ score: anyScore, stake: anyStake });
const anyVotes = fc.array(anyVote, { minLength: 1, maxLength: 40 });

test.each(vectors.cases)("$pairs gives $median", ({ pairs, median }) => {
  const votes = pairs.map(([score = 0, stake = 0]) => ({ score, stake: BigInt(stake) }));
  expect(medianOf(votes)).toBe(median);
  expect(medianOf(votes.toReversed())).toBe(median);
});

describe("a median of many", () => {
  const anyMaybe = fc.record({
    score: fc.oneof({ arbitrary: anyScore, weight: 3 }, fc.constant(NO_VOTE)),
    stake: fc.oneof({ arbitrary: anyStake, weight: 5 }, fc.constant(0n)),
  });

  test("is that of the definition, for stakes up to u64, missing votes and zero stakes", () => {
    fc.assert(
      fc.property(fc.array(anyMaybe, { maxLength: 40 }), (votes) => {
        expect(medianOf(votes)).toBe(medianByDefinition(votes));
      }),
      { numRuns: 3000 },
    );
  });

  test("is that of the definition when the split is even or one rao from it", () => {
    const anyHalf = fc.array(anyVote, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyHalf, fc.integer({ min: -1, max: 1 }), anyScore, (half, off, score) => {
        const stake = half.reduce((sum, vote) => sum + vote.stake, 0n) + BigInt(off);
        fc.pre(stake >= 0n && stake <= MAX_U64);
        const votes = [...half, { score, stake }];
        expect(medianOf(votes)).toBe(medianByDefinition(votes));
      }),
      { numRuns: 3000 },
    );
  });

  test("is that of the definition for more voters than one look decides", () => {
    // Above 1024 voters digits are larger; the seed gives clusters, holes and stakes beyond 2^53.
    let state = 1;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    for (const voters of [1023, 1024, 1500]) {
      const stakes = Array.from({ length: voters }, () => BigInt(next(2 ** 31)) * 2n ** 22n + 1n);
      const miners = 24;
      const votes = Int32Array.from({ length: voters * miners }, (_, index) => {
        if (next(5) === 0) return NO_VOTE;
        const spread = [1_000_001, 2000, 1][Math.floor(index / voters) % 3] ?? 1;
        return Math.min(next(spread) + (spread === 1_000_001 ? 0 : 499_000), 1_000_000);
      });
      const { medians, covered } = weightedMedians(votes, stakes);
      for (let miner = 0; miner < miners; miner += 1) {
        const own = stakes.map((stake, voter) => ({
          stake,
          score: votes[miner * voters + voter] ?? NO_VOTE,
        }));
        expect(medians[miner]).toBe(medianByDefinition(own));
        const voted = own.filter(({ score }) => score !== NO_VOTE);
        expect(covered[miner]).toBe(voted.reduce((sum, { stake }) => sum + stake, 0n));
      }
    }
  });

  test("does not depend on the order of validators", () => {
    fc.assert(
      fc.property(
        anyVotes.chain((votes) =>
          fc.tuple(
            fc.constant(votes),
            fc.shuffledSubarray(votes, { minLength: votes.length, maxLength: votes.length }),
          ),
        ),
        ([votes, shuffled]) => {
          expect(medianOf(shuffled)).toBe(medianOf(votes));
        },
      ),
    );
  });

  test("does not change when a validator splits itself into many", () => {
    fc.assert(
      fc.property(anyVotes, fc.nat(39), fc.array(fc.bigInt(0n, MAX_U64)), (votes, at, cuts) => {
        const split = votes[at % votes.length];
        if (!split) expect.unreachable();
        const places = [0n, ...cuts.map((cut) => cut % split.stake), split.stake].sort((a, b) =>
          a < b ? -1 : 1,
        );
        const parts = places
          .slice(1)
          .map((place, index) => ({ ...split, stake: place - (places[index] ?? 0n) }));
        const others = votes.filter((vote) => vote !== split);
        expect(medianOf([...others, ...parts])).toBe(medianOf(votes));
      }),
    );
  });

  test("never falls when a score rises", () => {
    fc.assert(
      fc.property(anyVotes, fc.nat(39), anyScore, (votes, place, score) => {
        const at = place % votes.length;
        const vote = votes[at];
        if (!vote) expect.unreachable();
        const raised = votes.with(at, { ...vote, score: Math.max(vote.score, score) });
        expect(medianOf(raised)).toBeGreaterThanOrEqual(medianOf(votes));
      }),
    );
  });
});

test("many miners at once are each their own", () => {
  const stakes = [5n, 3n, 3n];
  const votes = Int32Array.of(10, 20, 30, NO_VOTE, 20, 30, 7, NO_VOTE, NO_VOTE, -1, -1, -1);
  const { medians, covered } = weightedMedians(votes, stakes);
  expect([...medians]).toEqual([20, 20, 7, NO_VOTE]);
  expect(covered).toEqual([11n, 6n, 5n, 0n]);
});

test("nobody voting on nothing is nothing, and what is no matrix or vote is refused", () => {
  const codeOf = (votes: readonly number[], stakes: readonly bigint[]) => {
    try {
      return weightedMedians(Int32Array.from(votes), stakes).medians.length;
    } catch (error) {
      return isCoded(error) && error.code;
    }
  };
  expect(codeOf([], [])).toBe(0);
  expect(codeOf([], [1n])).toBe(0);
  for (const [votes, stakes] of [
    [[1], []],
    [
      [1, 2, 3],
      [1n, 1n],
    ],
    [[-2], [1n]],
    [[1_000_001], [1n]],
    [[2 ** 31 - 1], [1n]],
    [[-(2 ** 31)], [1n]],
    [[1], [-1n]],
    [[1], [2n ** 64n]],
  ] as const) {
    expect(codeOf(votes, stakes)).toBe("VOTES_INVALID");
  }
});
