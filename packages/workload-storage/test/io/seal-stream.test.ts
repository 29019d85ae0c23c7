import fc from "fast-check";
import { expect, test } from "vitest";
import { sealStream } from "../../io/seal-stream.ts";
import { sealBytes } from "../../src/index.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import { arriving, collected } from "./files.ts";

test("sealing a stream equals sealing in memory, from any byte on", async () => {
  const [key, plain] = [identNamed("seal"), dataNamed("plain", 5000)];
  const sealed = sealBytes(key, plain);
  await fc.assert(
    fc.asyncProperty(fc.nat(5000), fc.integer({ min: 1, max: 5000 }), async (from, piece) => {
      const stream = sealStream(key, arriving(plain.subarray(from), piece), from);
      expect(await collected(stream)).toEqual(Buffer.from(sealed.subarray(from)));
    }),
    { numRuns: 1000 },
  );
});
