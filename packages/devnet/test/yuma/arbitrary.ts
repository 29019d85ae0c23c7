import fc from "fast-check";
import type { EpochInput } from "../../src/yuma/epoch.ts";
import { type PairRow, pairRow } from "../../src/yuma/pair-row.ts";

const BLOCK = 1000;

const u16 = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 32_767, 32_768, 65_534, 65_535) },
  { weight: 3, arbitrary: fc.nat(65_535) },
);

/** Rao with a fraction, as a stake weight has; few values, so that ties are common. */
const stake = fc.oneof(
  fc.constantFrom(0n, 1n << 64n, 500n << 64n, (10n ** 12n) << 64n, (21n * 10n ** 15n) << 64n),
  fc.bigInt(0n, (10n ** 15n) << 64n),
);

/** A row in any order, without duplicates, zeros among its values. */
function row(n: number): fc.Arbitrary<PairRow> {
  const uids = fc.shuffledSubarray(Array.from({ length: n }, (_, uid) => uid));
  return uids.chain((subset) =>
    fc
      .tuple(...subset.map((uid) => fc.tuple(fc.constant(uid), u16)))
      .map((pairs) => pairRow(pairs)),
  );
}

/** Any state an epoch may find, the edges of every parameter among them. */
export function epochInput(sizes: { min: number; max: number }): fc.Arbitrary<EpochInput> {
  return fc.integer(sizes).chain((n) => {
    const each = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: n, maxLength: n });
    const registration = fc.oneof(fc.constant(0), fc.integer({ min: BLOCK - 60, max: BLOCK }));
    return fc.record({
      n: fc.constant(n),
      block: fc.constant(BLOCK),
      tempo: fc.integer({ min: 1, max: 2 * BLOCK }),
      activityCutoff: fc.constantFrom(1, 40, 5000),
      stake: each(stake),
      lastUpdate: each(fc.integer({ min: BLOCK - 50, max: BLOCK - 1 })),
      blockAtRegistration: each(registration),
      validatorPermit: each(fc.oneof(fc.constant(true), fc.boolean())),
      weights: each(row(n)),
      bonds: each(row(n)),
      ownerUid: fc.option(fc.nat(n - 1), { nil: undefined }),
      kappa: u16,
      bondsPenalty: u16,
      bondsMovingAverage: fc.oneof(fc.constantFrom(0, 900_000, 1_000_000), fc.nat(1_000_000)),
      maxAllowedValidators: fc.nat(n + 2),
      stakeThreshold: fc.constantFrom(0n, 1n, 501n, 10n ** 12n),
      yuma3: fc.boolean(),
      liquidAlpha: fc.option(liquidAlpha, { nil: undefined }),
      earliestCommit: fc.option(
        each(fc.option(fc.integer({ min: BLOCK - 60, max: BLOCK }), { nil: undefined })),
        { nil: undefined },
      ),
      lastMechanismStepBlock: fc.constantFrom(0, BLOCK - 40, BLOCK - 1),
      emission: fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 62n)),
    });
  });
}

/** Bounds in order and a steepness from the whole of i16. */
export const liquidAlpha = fc
  .tuple(u16, u16, fc.integer({ min: -32_768, max: 32_767 }))
  .map(([a, b, steepness]) => ({ low: Math.min(a, b), high: Math.max(a, b), steepness }));
