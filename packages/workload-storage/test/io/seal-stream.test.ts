import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Sealer, sealStream } from "../../io/seal-stream.ts";
import { sealBytes } from "../../src/file/index.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import { arriving, collected } from "./files.ts";

const KEY = identNamed("seal");

test("sealing a stream equals sealing in memory, from any byte on, in any pieces", async () => {
  const plain = dataNamed("plain", 5000);
  const sealed = sealBytes(KEY, plain);
  const from = fc.oneof(fc.constant(0), fc.nat(5000));
  const piece = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5000 }));
  await fc.assert(
    fc.asyncProperty(from, piece, async (start, length) => {
      const stream = sealStream(KEY, arriving(plain.subarray(start), length), start);
      expect(Buffer.compare(await collected(stream), sealed.subarray(start))).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test("the keystream is AES-256-CTR's over many megabytes, piece by piece", () => {
  const plain = Buffer.from(dataNamed("long", 3_000_001));
  const due = createCipheriv("aes-256-ctr", KEY, Buffer.alloc(16)).update(plain);
  const sealer = new Sealer(KEY);
  const sealed = [];
  for (let at = 0; at < plain.length; at += 333_333) {
    sealed.push(sealer.update(plain.subarray(at, at + 333_333)));
  }
  expect(Buffer.compare(Buffer.concat(sealed), due)).toBe(0);
});
