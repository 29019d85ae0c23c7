import {
  candidatesOf,
  type Elector,
  eligibleStakes,
  incumbentOf,
  minersOf,
} from "@neurond/consensus";
import { type Hotkey, toUid } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { alice, bob, charlie, dave, m0, m1, m2, m3 } from "./people.ts";

const neuron = (uid: number, hotkey: Hotkey, change: Partial<Elector> = {}): Elector => ({
  uid: toUid(uid),
  hotkey,
  validatorPermit: false,
  stakeRao: 0n,
  incentive: 0,
  ...change,
});
const validator = (uid: number, hotkey: Hotkey, stakeRao: bigint, incentive = 0) =>
  neuron(uid, hotkey, { validatorPermit: true, stakeRao, incentive });

test("a word counts with a permit and enough stake", () => {
  const neurons = [
    validator(1, alice, 100n),
    validator(2, bob, 99n),
    neuron(3, charlie, { stakeRao: 1000n }),
    validator(4, dave, 101n),
  ];
  expect(eligibleStakes(neurons, 100n)).toEqual(
    new Map([
      [alice, 100n],
      [dave, 101n],
    ]),
  );
  expect(eligibleStakes([validator(1, alice, 0n)], 0n).size).toBe(0);
});

test("a candidate is in the roster, registered and not uid 0", () => {
  const neurons = [neuron(0, m0), neuron(7, m2), neuron(1, m1), neuron(2, bob)];
  expect(candidatesOf(neurons, new Set([m0, m1, m2, m3]))).toEqual([m1, m2]);
});

describe("the incumbent", () => {
  const roster = new Set([m0, m1, m2]);
  const of = (...neurons: Elector[]) => incumbentOf(neurons, roster);

  test("has the highest incentive, the lower uid on a tie, in any order", () => {
    const [a, b, c] = [
      neuron(5, m0, { incentive: 7 }),
      neuron(3, m1, { incentive: 7 }),
      neuron(4, m2, { incentive: 6 }),
    ];
    expect([of(a, b, c), of(c, b, a)]).toEqual([m1, m1]);
    expect(of(a, c)).toBe(m0);
  });

  test("is not the burn, nor a validator out of the roster, nor anybody without incentive", () => {
    expect(of(neuron(0, m0, { incentive: 9 }), neuron(1, m1, { incentive: 1 }))).toBe(m1);
    expect(of(validator(1, alice, 1n, 9), neuron(2, m1, { incentive: 1 }))).toBe(m1);
    expect(of(validator(1, m2, 1n, 9), neuron(2, m1, { incentive: 1 }))).toBe(m2);
    expect(of(neuron(1, m0))).toBeNull();
    // A miner that left the roster may still hold the place; the run then treats it as gone.
    expect(of(neuron(1, m3, { incentive: 1 }))).toBe(m3);
  });
});

test("a miner that earned a permit is a miner still: only stake enough to be heard makes a validator", () => {
  const neurons = [validator(0, alice, 500n), validator(1, bob, 100n), validator(2, charlie, 99n)];
  expect(minersOf(neurons, 100n)).toEqual([charlie]);
  expect(minersOf(neurons, 501n)).toEqual([bob, charlie].sort());
});
