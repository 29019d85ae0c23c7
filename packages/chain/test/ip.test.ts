import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIp, parseIp } from "../src/ip.ts";

test.each([
  ["8.8.8.8", 134_744_072n, 4],
  ["0.0.0.0", 0n, 4],
  ["255.255.255.255", 2n ** 32n - 1n, 4],
  ["::1", 1n, 6],
  ["2001:db8::8a2e:370:7334", 0x2001_0db8_0000_0000_0000_8a2e_0370_7334n, 6],
] as const)("%s is stored as %d", (text, value, ipType) => {
  expect(parseIp(text)).toEqual({ value, ipType });
  expect(formatIp(value, ipType)).toBe(text);
});

test("every address comes back from its text", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 128n - 1n), (value) => {
      expect(parseIp(formatIp(value, 6))).toEqual({ value, ipType: 6 });
      const v4 = value & 0xffff_ffffn;
      expect(parseIp(formatIp(v4, 4))).toEqual({ value: v4, ipType: 4 });
    }),
  );
});

test.each(["localhost", "1.2.3", "1.2.3.4.5", "", "fe80::1%eth0", "http://1.2.3.4"])(
  "%j is not an address",
  (text) => {
    expect(() => parseIp(text)).toThrow(expect.objectContaining({ code: "CALL_UNENCODABLE" }));
  },
);
