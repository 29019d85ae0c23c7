import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { hashShort, plainHashShort, STRIDE } from "../src/hash-short.ts";

test.each([72, 80])("many messages of %i bytes have the hashes that one has", (length) => {
  for (const count of [128, 1023, 1024, 1025, 2050]) {
    const messages = { prefix: 3, bytes: randomBytes(count * length), length };
    const [fast, plain] = [new Uint8Array(count * STRIDE), new Uint8Array(count * STRIDE)];
    const hash = hashShort(count);
    expect(hash).not.toBe(plainHashShort);
    hash(messages, fast);
    plainHashShort(messages, plain);
    expect(Buffer.compare(fast, plain)).toBe(0);
  }
});
