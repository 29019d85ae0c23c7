import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EpochInput, type EpochOutput, runEpoch } from "../../src/yuma/epoch.ts";
import { EMPTY_ROW, type PairRow, pairRow, pairsOf } from "../../src/yuma/pair-row.ts";
import { epochInput } from "./arbitrary.ts";
import { referenceEpoch } from "./reference.ts";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const total = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);

/** Validators 0 to `validators`, each with a weight and a bond toward everyone. */
function denseSubnet(validators: number, n: number, change: Partial<EpochInput>): EpochInput {
  const [first] = fc.sample(
    fc.array(fc.nat(65_535), { minLength: 2 * validators * n, maxLength: 2 * validators * n }),
    { numRuns: 1, seed: 7 },
  );
  const values = first ?? [];
  const row = (index: number) =>
    pairRow(Array.from({ length: n }, (_, j) => [j, values[index * n + j] ?? 0] as const));
  const rows = (offset: number) =>
    Array.from({ length: n }, (_, i) => (i < validators ? row(offset + i) : EMPTY_ROW));
  return {
    n,
    block: 10_000,
    tempo: 360,
    activityCutoff: 5000,
    stake: Array.from({ length: n }, (_, i) => (i < validators ? BigInt(i * i + 1) << 94n : 0n)),
    lastUpdate: new Array<number>(n).fill(9_900),
    blockAtRegistration: new Array<number>(n).fill(10),
    validatorPermit: Array.from({ length: n }, (_, i) => i < validators),
    weights: rows(0),
    bonds: rows(validators),
    ownerUid: undefined,
    kappa: 32_767,
    bondsPenalty: 65_535,
    bondsMovingAverage: 900_000,
    maxAllowedValidators: validators,
    stakeThreshold: 0n,
    yuma3: false,
    liquidAlpha: undefined,
    earliestCommit: undefined,
    lastMechanismStepBlock: 9_640,
    emission: 360_000_000_000n,
    ...change,
  };
}

/** The same subnet with uid `i` renamed to `names[i]`. */
function renamed(input: EpochInput, names: readonly number[]): EpochInput {
  const move = <T>(values: readonly T[]) => {
    const moved = values.slice();
    names.forEach((to, from) => {
      moved[to] = values[from] as T;
    });
    return moved;
  };
  const moveRow = (row: PairRow) =>
    pairRow(pairsOf(row).map(([uid, value]) => [names[uid] as number, value] as const));
  return {
    ...input,
    stake: move(input.stake),
    lastUpdate: move(input.lastUpdate),
    blockAtRegistration: move(input.blockAtRegistration),
    validatorPermit: move(input.validatorPermit),
    weights: move(input.weights).map(moveRow),
    bonds: move(input.bonds).map(moveRow),
    ownerUid: input.ownerUid === undefined ? undefined : names[input.ownerUid],
    earliestCommit: input.earliestCommit && move(input.earliestCommit),
  };
}

describe("the epoch equals its plain bigint reference", () => {
  test("on any small subnet", () => {
    fc.assert(
      fc.property(epochInput({ min: 1, max: 8 }), (input) => {
        expect(runEpoch(input)).toEqual(referenceEpoch(input));
      }),
      { numRuns: 1500 },
    );
  });

  test("on medium subnets", () => {
    fc.assert(
      fc.property(epochInput({ min: 20, max: 40 }), (input) => {
        expect(runEpoch(input)).toEqual(referenceEpoch(input));
      }),
      { numRuns: 40 },
    );
  });

  const liquidAlpha = { low: 45_875, high: 58_982, steepness: 1000 };
  test.each([
    ["classic Yuma", {}],
    ["half a bonds penalty", { bondsPenalty: 32_768 }],
    ["Yuma 3", { yuma3: true }],
    ["liquid alpha", { yuma3: true, liquidAlpha }],
  ])("with 64 validators and %s", (_, change) => {
    const input = denseSubnet(64, 96, change);
    expect(runEpoch(input)).toEqual(referenceEpoch(input));
  });
});

describe("whatever the subnet", () => {
  const anyInput = epochInput({ min: 1, max: 10 });

  test("incentive and dividends are shares of a whole, or nothing", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { incentive, dividends } = runEpoch(input);
        for (const shares of [incentive, dividends]) {
          const whole = sum(shares);
          if (whole === 0) continue;
          expect(whole).toBeLessThanOrEqual(65_535);
          expect(whole).toBeGreaterThan(65_535 - 2 * input.n);
        }
      }),
    );
  });

  test("no more is handed out than came in, and what rounding keeps is dust", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { emission, serverEmission, validatorEmission } = runEpoch(input);
        const paid = total(serverEmission) + total(validatorEmission);
        expect(paid).toBeLessThanOrEqual(input.emission);
        expect(total(emission)).toBeLessThanOrEqual(input.emission);
        const dust = ((input.emission * BigInt(2 * input.n)) >> 32n) + BigInt(2 * input.n);
        if (paid > 0n) expect(input.emission - paid).toBeLessThanOrEqual(dust);
      }),
    );
  });

  test("the consensus on a miner lies between the lowest and the highest weight it got", () => {
    const unmasked = anyInput.map((input) => ({
      ...input,
      validatorPermit: input.stake.map(() => true),
      activityCutoff: 5000,
      blockAtRegistration: input.stake.map(() => 0),
      earliestCommit: undefined,
      ownerUid: undefined,
      stakeThreshold: 0n,
    }));
    fc.assert(
      fc.property(unmasked, (input) => {
        const { consensus } = runEpoch(input);
        // A stake too small to show in its u16 still votes: with kappa at an edge it decides.
        const voters = input.weights
          .map((row, i) => pairsOf(row).filter(([j]) => j !== i))
          .filter((_, i) => (input.stake[i] ?? 0n) > 0n);
        fc.pre(voters.length > 0);
        consensus.forEach((value, uid) => {
          const given = voters.map((pairs) => {
            const weight = pairs.find(([j]) => j === uid)?.[1] ?? 0;
            const whole = sum(pairs.map(([, w]) => w));
            return whole === 0 ? 0 : Math.floor((weight * 65_535) / whole);
          });
          expect(value).toBeLessThanOrEqual(Math.max(...given));
          expect(value).toBeGreaterThanOrEqual(Math.min(...given) - 1);
        });
      }),
    );
  });

  test("new uids for the same neurons change nothing but the places", () => {
    // Equal stakes compete for permits by uid, and with liquid alpha rows are read in uid order.
    const orderFree = anyInput
      .filter((input) => input.maxAllowedValidators > input.n)
      .map((input) => ({ ...input, liquidAlpha: undefined }));
    const withNames = orderFree.chain((input) =>
      fc.tuple(
        fc.constant(input),
        fc.shuffledSubarray([...input.stake.keys()], { minLength: input.n }),
      ),
    );
    fc.assert(
      fc.property(withNames, ([input, names]) => {
        const before = runEpoch(input);
        const after = runEpoch(renamed(input, names));
        for (const term of ["consensus", "incentive", "dividends", "emission"] as const) {
          const moved: EpochOutput[typeof term] = after[term];
          expect(names.map((uid) => moved[uid])).toEqual(before[term]);
        }
        names.forEach((to, from) => {
          const bonds = new Map(pairsOf(before.bonds[from] ?? EMPTY_ROW));
          const found = new Map(pairsOf(after.bonds[to] ?? EMPTY_ROW));
          expect(found).toEqual(new Map([...bonds].map(([uid, v]) => [names[uid], v])));
        });
      }),
    );
  });
});

test("an epoch refuses an input that does not cover every uid", () => {
  const input = denseSubnet(1, 3, { lastUpdate: [1, 2] });
  expect(() => runEpoch(input)).toThrow("lastUpdate has 2 entries for 3 uids");
});

test("a subnet where nobody set weights pays its validators by stake", () => {
  const silent = denseSubnet(2, 3, { weights: [EMPTY_ROW, EMPTY_ROW, EMPTY_ROW], emission: 300n });
  expect(runEpoch(silent).validatorEmission).toEqual([99n, 199n, 0n]);
});

test("with commit-reveal a weight older than its miner does not count", () => {
  const registered = [10, 10, 9_500];
  const open = denseSubnet(2, 3, { blockAtRegistration: registered });
  const committed = { ...open, earliestCommit: [9_400, 9_400, undefined] };
  expect(runEpoch(open).incentive[2]).toBeGreaterThan(0);
  expect(runEpoch(committed).incentive[2]).toBe(0);
});
