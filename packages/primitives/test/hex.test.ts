import { fromHex, isCoded, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { expect, test } from "vitest";

test("bytes survive the way to text and back, with or without 0x and in either case", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = toHex(bytes);
      expect(fromHex(text)).toEqual(bytes);
      expect(fromHex(text.slice(2).toUpperCase())).toEqual(bytes);
    }),
  );
});

test.each(["0x0", "0xzz", "0x00 ", "0X00", "x00", "0x0x00"])("%j is not hexadecimal", (text) => {
  expect(codeOf(() => fromHex(text))).toBe("HEX_INVALID");
});

test("a secret given by mistake is not repeated by the error", () => {
  const secret = "deadbeef-not-quite-hex";
  try {
    fromHex(secret);
    expect.unreachable();
  } catch (error) {
    if (!isCoded(error)) throw error;
    expect(`${error.message}${JSON.stringify(error.context)}`).not.toContain("deadbeef");
  }
});
