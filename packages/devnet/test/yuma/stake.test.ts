import { expect, test } from "vitest";
import { normalizedStake, stakeWeight } from "../../src/yuma/stake.ts";

const DEFAULT_TAO_WEIGHT = 971_718_665_099_567_868n;
const U64_MAX = 2n ** 64n - 1n;

test("stake weight is alpha plus the weighted share of TAO, the weight in 32 fractional bits", () => {
  expect(stakeWeight(7n, 0n, DEFAULT_TAO_WEIGHT)).toBe(7n << 64n);
  expect(stakeWeight(0n, 1n, U64_MAX)).toBe(1n << 64n);
  const bits = stakeWeight(0n, 1_000_000_000n, DEFAULT_TAO_WEIGHT);
  expect(bits >> 64n).toBe(52_676_974n);
  expect(bits % (1n << 32n)).toBe(0n);
});

test("stake below the threshold counts as none, except the owner's", () => {
  const stake = [99n, 100n, 300n, 99n].map((rao) => rao << 64n);
  const shares = normalizedStake(stake, 100n, 3);
  expect([...shares].map((share) => share === 0)).toEqual([true, false, false, false]);
});

test("a fraction of a rao does not lift stake over the threshold", () => {
  expect([...normalizedStake([(100n << 64n) - 1n], 100n, undefined)]).toEqual([0]);
});
