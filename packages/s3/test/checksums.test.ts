import { crc32 as native } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runningChecksum } from "../src/body/checksum.ts";
import { combineCrc } from "../src/body/crc.ts";

type Name = Parameters<typeof runningChecksum>[0];

function sum(name: Name, ...pieces: readonly Uint8Array[]): string {
  const running = runningChecksum(name);
  for (const bytes of pieces) running.update(bytes);
  return running.digest().toString("hex");
}

/** Check values of the catalogue of parametrised CRC algorithms, and of FIPS 180. */
const CHECKS: readonly (readonly [Name, string])[] = [
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
  ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
  ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
];

describe("checksums", () => {
  for (const [name, digits] of CHECKS) {
    test(`${name} of 123456789 is the published one, in one piece or in nine`, () => {
      const text = Buffer.from("123456789");
      expect(sum(name, text)).toBe(digits);
      expect(sum(name, ...[...text].map((byte) => Uint8Array.of(byte)))).toBe(digits);
    });
    test(`${name} does not depend on how bytes arrive`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), (bytes, at) => {
          expect(sum(name, bytes.subarray(0, at), bytes.subarray(at))).toBe(sum(name, bytes));
        }),
      );
    });
  }

  test("the tables agree with the runtime about long inputs", () => {
    const bytes = Buffer.from(Array.from({ length: 100_003 }, (_, at) => (at * 167) & 255));
    expect(Number.parseInt(sum("CRC32", bytes), 16)).toBe(native(bytes));
  });

  for (const name of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
    test(`${name} of a whole comes from those of its parts`, () => {
      const bytes = fc.uint8Array({ maxLength: 300 });
      fc.assert(
        fc.property(bytes, bytes, (first, second) => {
          const of = (part: Uint8Array) => Buffer.from(sum(name, part), "hex");
          const combined = combineCrc(name, of(first), of(second), second.length);
          expect(combined.toString("hex")).toBe(sum(name, first, second));
        }),
        { numRuns: 30 },
      );
    });
  }
});
