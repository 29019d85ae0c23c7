import { fromHex, toHex } from "@neurond/primitives";
import { bytesToNumberBE } from "@noble/curves/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  commitScalar,
  decodeScalar,
  encodeScalar,
  pedersenSuite,
  reduceToScalar,
  type SuiteId,
} from "../../src/index.ts";
import vectors from "../vectors/pedersen.json" with { type: "json" };

const hex = (bytes: Uint8Array) => toHex(bytes).slice(2);
const suiteNumbered = (id: number) => pedersenSuite(id === 1 ? 1 : 2);
const published = { 1: vectors.generators.P256, 2: vectors.generators.R255 };
/** Order of the field P-256 is over. */
const FIELD = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;

test.each(vectors.scalarPedersen)("suite $suite commits to $m", ({ suite, m, r, C }) => {
  const [value, blind] = [bytesToNumberBE(fromHex(m)), bytesToNumberBE(fromHex(r))];
  const commitment = commitScalar(suiteNumbered(suite), value, blind);
  expect(hex(commitment.encode())).toBe(C);
});

describe.each([1, 2] satisfies SuiteId[])("suite %i", (id) => {
  const suite = pedersenSuite(id);
  const scalar = fc.bigInt({ min: 0n, max: suite.order - 1n });
  const other = pedersenSuite(id === 1 ? 2 : 1);

  test("generators are hashed from their names", () => {
    const { G, G63, G1023, H } = published[id];
    const generators = suite.generators(1024).map((point) => hex(point.encode()));
    expect(generators.slice(0, G.length)).toEqual(G);
    expect([generators[63], generators[1023]]).toEqual([G63, G1023]);
    expect(hex(suite.blinder.encode())).toBe(H);
    expect(new Set(generators).size).toBe(1024);
  });

  test("every way to a sum of products gives the same point", () => {
    for (const count of [1, 2, 5, 64, 401]) {
      const points = suite.generators(count);
      const scalars = points.map((_, at) => (BigInt(at) * 0x9e3779b97f4a7c15n) ** 4n % suite.order);
      const sum = suite.sum(points, scalars);
      const slow = points.reduce(
        (total, point, at) => total.plus(point.times(scalars[at] ?? 0n)),
        suite.identity,
      );
      expect(hex(sum.encode())).toBe(hex(slow.encode()));
      expect(hex(suite.sumOfGenerators(scalars).encode())).toBe(hex(slow.encode()));
    }
  });

  test("commitments add up as their values and blinds do", () => {
    fc.assert(
      fc.property(scalar, scalar, scalar, scalar, (a, r, b, t) => {
        const together = commitScalar(suite, (a + b) % suite.order, (r + t) % suite.order);
        const apart = commitScalar(suite, a, r).plus(commitScalar(suite, b, t));
        expect(hex(apart.encode())).toBe(hex(together.encode()));
      }),
      { numRuns: 8, examples: [[0n, 0n, 0n, 0n]] },
    );
  });

  test("secret and public multiplication agree, at the ends too", () => {
    for (const n of [0n, 1n, 2n, suite.order - 1n]) {
      const secret = suite.blinder.timesSecret(n);
      expect(hex(secret.encode())).toBe(hex(suite.blinder.times(n).encode()));
    }
    expect(suite.blinder.timesSecret(0n).isIdentity).toBe(true);
  });

  test("a point decodes from its encoding and from nothing else of it", () => {
    const [point = suite.identity] = suite.generators(1);
    const bytes = point.encode();
    expect(bytes.length).toBe(suite.pointBytes);
    expect(hex(suite.decode(bytes)?.encode() ?? new Uint8Array())).toBe(hex(bytes));
    expect(suite.decode(bytes.subarray(1))).toBeNull();
    expect(suite.decode(Uint8Array.from([...bytes, 0]))).toBeNull();
  });

  test("the identity has no encoding that decodes", () => {
    const bytes = suite.identity.encode();
    expect(bytes).toEqual(new Uint8Array(suite.pointBytes));
    expect(suite.decode(bytes)).toBeNull();
  });

  test("noise decodes to nothing, or to a point that encodes to it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: suite.pointBytes, maxLength: suite.pointBytes }),
        fc.constantFrom(null, 0x02, 0x03, 0x04),
        (noise, first) => {
          if (first !== null) noise[0] = first;
          const point = suite.decode(noise);
          if (point !== null) expect(point.encode()).toEqual(noise);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("points of the other suite are refused", () => {
    const mixed = () => suite.blinder.plus(other.blinder);
    expect(mixed).toThrow(expect.objectContaining({ code: "POINT_FOREIGN" }));
  });

  test("scalars have one encoding, below the order", () => {
    fc.assert(
      fc.property(scalar, (n) => {
        expect(decodeScalar(encodeScalar(n), suite.order)).toBe(n);
      }),
    );
    expect(decodeScalar(encodeScalar(suite.order), suite.order)).toBeNull();
    expect(decodeScalar(new Uint8Array(32).fill(0xff), suite.order)).toBeNull();
    expect(decodeScalar(new Uint8Array(31), suite.order)).toBeNull();
    expect(reduceToScalar(encodeScalar(suite.order + 5n), suite.order)).toBe(5n);
  });
});

describe("P-256 points", () => {
  const suite = pedersenSuite(1);
  const encoded = (prefix: number, x: bigint) => Uint8Array.from([prefix, ...encodeScalar(x)]);

  test("with x at or above the field's order are refused, though congruent to a point's", () => {
    const x = smallestX();
    expect(suite.decode(encoded(2, x))).not.toBeNull();
    expect(suite.decode(encoded(2, x + FIELD))).toBeNull();
  });

  test("off the curve, or spelled otherwise, are refused", () => {
    const valid = suite.blinder.encode();
    for (const prefix of [0x00, 0x01, 0x04, 0x06, 0x07]) {
      expect(suite.decode(Uint8Array.from([prefix, ...valid.subarray(1)]))).toBeNull();
    }
    const off = Array.from({ length: 32 }, (_, x) => encoded(2, BigInt(x)));
    expect(off.some((bytes) => suite.decode(bytes) === null)).toBe(true);
  });

  function smallestX(): bigint {
    for (let x = 1n; ; x += 1n) if (suite.decode(encoded(2, x)) !== null) return x;
  }
});

test("ristretto255 refuses the encodings RFC 9496 calls bad", () => {
  const suite = pedersenSuite(2);
  // RFC 9496 appendix A.2: non-canonical, negative, non-square, negative xy, s = -1.
  for (const bad of [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ]) {
    expect(suite.decode(fromHex(bad))).toBeNull();
  }
});
