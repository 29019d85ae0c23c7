import { fromHex, toHex } from "@neurond/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, field } from "../src/fields.ts";

test("hexadecimal text becomes its bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const hex = toHex(bytes);
      expect(field.hexUpTo(300).safeParse(hex).success).toBe(true);
      expect(bytesOf(hex)).toEqual(fromHex(hex));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  "",
  "0",
  "0x0",
  "0xAB",
  "0xzz",
  "ab",
  "0x0g",
  "0x ab",
  "0xab\n",
  "0xé0",
  `0x${"00".repeat(4)}`,
])("%j is no hexadecimal text of up to three bytes", (text) => {
  expect(field.hexUpTo(3).safeParse(text).success).toBe(false);
});
