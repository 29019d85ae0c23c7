import { interleavedMSMUnsafe, mulAddUnsafe, pippenger } from "@noble/curves/abstract/curve.js";
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { p256, p256_hasher } from "@noble/curves/nist.js";
import { makeSuite } from "./make-suite.ts";
import type { PedersenSuite, SuiteId } from "./suite.ts";

const P256_DST = "filetao-v1-P256_XMD:SHA-256_SSWU_RO_";
const R255_DST = "filetao-v1-ristretto255_XMD:SHA-512_R255MAP_RO_";

let suites: Readonly<Record<SuiteId, PedersenSuite>> | undefined;

/** The suite of a number. Made when first asked for: who never commits does not pay for it. */
export function pedersenSuite(id: SuiteId): PedersenSuite {
  suites ??= { 1: makeP256(), 2: makeRistretto() };
  return suites[id];
}

function makeP256(): PedersenSuite {
  const { Point } = p256;
  return makeSuite({
    id: 1,
    order: Point.Fn.ORDER,
    pointBytes: 33,
    zero: Point.ZERO,
    hashToCurve: (message) => p256_hasher.hashToCurve(message, { DST: P256_DST }),
    fromBytes: (bytes) => Point.fromBytes(bytes),
    sumOfMany: (points, scalars) => pippenger(Point, points, scalars),
    sumOfFew: (points, scalars) => mulAddUnsafe(Point, points, scalars),
    tabulate: (points, width) => interleavedMSMUnsafe(Point, points, width),
  });
}

function makeRistretto(): PedersenSuite {
  const { Point } = ristretto255;
  return makeSuite({
    id: 2,
    order: Point.Fn.ORDER,
    pointBytes: 32,
    zero: Point.ZERO,
    hashToCurve: (message) => ristretto255_hasher.hashToCurve(message, { DST: R255_DST }),
    fromBytes: (bytes) => Point.fromBytes(bytes),
    sumOfMany: (points, scalars) => pippenger(Point, points, scalars),
    sumOfFew: (points, scalars) => mulAddUnsafe(Point, points, scalars),
    tabulate: (points, width) => interleavedMSMUnsafe(Point, points, width),
  });
}
