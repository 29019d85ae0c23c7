import fc from "fast-check";
import { expect, test } from "vitest";
import { decryptStream, encryptStream } from "../../io/encrypt-stream.ts";
import { encryptedLength, HEADER_BYTES, RECORD_BYTES, TAG_BYTES } from "../../src/file/index.ts";
import { dataNamed, flipped, identNamed } from "../test-data.ts";
import { arriving, collected, rejection } from "./files.ts";

const FILE = { key: identNamed("key"), fileId: identNamed("file") };
const PREFIX = identNamed("prefix").slice(0, 7);
const DATA = dataNamed("encrypt", 3 * RECORD_BYTES);
const RECORD = RECORD_BYTES + TAG_BYTES;

const encrypt = (bytes: Uint8Array, piece = 50_000) =>
  collected(encryptStream(FILE, PREFIX, arriving(bytes, piece)));
const decrypt = (bytes: Uint8Array, piece = 50_000, file = FILE) =>
  collected(decryptStream(file, arriving(bytes, piece)));

test.each([0, 1, RECORD_BYTES - 1, RECORD_BYTES, RECORD_BYTES + 1, 2 * RECORD_BYTES])(
  "%i bytes come back, however they arrive",
  async (size) => {
    const plain = DATA.subarray(0, size);
    const encrypted = await encrypt(plain);
    expect(encrypted.length).toBe(encryptedLength(size));
    for (const piece of [7_001, 65_536, 1_000_000]) {
      expect(await encrypt(plain, piece)).toEqual(encrypted);
      expect(await decrypt(encrypted, piece)).toEqual(Buffer.from(plain));
    }
  },
);

test("any flipped bit is refused", async () => {
  const encrypted = await encrypt(DATA.subarray(0, 70_000));
  await fc.assert(
    fc.asyncProperty(fc.nat(encrypted.length - 1), fc.nat(7), async (at, bit) => {
      expect(await rejection(decrypt(flipped(encrypted, at, 1 << bit)))).toBe("CIPHERTEXT_INVALID");
    }),
    { numRuns: 1000 },
  );
});

test("records left out, doubled, swapped or cut off at the end are refused", async () => {
  const encrypted = await encrypt(DATA);
  const header = encrypted.subarray(0, HEADER_BYTES);
  const record = (n: number) =>
    encrypted.subarray(HEADER_BYTES + n * RECORD, HEADER_BYTES + (n + 1) * RECORD);
  for (const parts of [
    [record(0), record(1)],
    [record(1), record(2)],
    [record(1), record(0), record(2)],
    [record(0), record(0), record(1), record(2)],
    [record(0), record(1), record(2), record(2)],
    [record(0), record(1), record(2), new Uint8Array(1)],
    [],
  ]) {
    expect(await rejection(decrypt(Buffer.concat([header, ...parts])))).toBe("CIPHERTEXT_INVALID");
  }
});

test("another key, and another file's id, are refused", async () => {
  const encrypted = await encrypt(DATA.subarray(0, 10));
  for (const file of [
    { ...FILE, key: identNamed("x") },
    { ...FILE, fileId: identNamed("x") },
  ]) {
    expect(await rejection(decrypt(encrypted, 10, file))).toBe("CIPHERTEXT_INVALID");
  }
});
