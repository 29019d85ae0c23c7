import fc from "fast-check";
import { expect, test } from "vitest";
import { maxUpscale } from "../../src/yuma/upscale.ts";

const weights = fc.array(fc.nat(65_535), { minLength: 1 });

test("the largest weight becomes 65535 and the order stays", () => {
  fc.assert(
    fc.property(weights, (values) => {
      fc.pre(values.some((value) => value > 0));
      const scaled = maxUpscale(values);
      expect(Math.max(...scaled)).toBe(65_535);
      const pairs = values.map((value, index) => [value, scaled[index] ?? 0] as const);
      const ordered = pairs.toSorted(([a], [b]) => a - b).map(([, scaledValue]) => scaledValue);
      expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
    }),
  );
});

test("weights in bigints, step by step, give the same", () => {
  fc.assert(
    fc.property(weights, (values) => {
      const largest = BigInt(Math.max(...values));
      const half = 1n << 31n;
      const expected = values.map((value) => {
        if (largest === 0n) return 0;
        const bits = BigInt(value) << 32n;
        const scaled =
          largest > 32_768n
            ? (bits * ((65_535n << 64n) / (largest << 32n))) >> 32n
            : ((bits * 65_535n) << 32n) / (largest << 32n);
        return Number((scaled + half) >> 32n);
      });
      expect(maxUpscale(values)).toEqual(expected);
    }),
  );
});
