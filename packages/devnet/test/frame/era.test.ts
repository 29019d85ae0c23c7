import { toHex } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { birthOf, era, mortal } from "../../src/frame/era.ts";

describe("era", () => {
  it("encodes the two examples of the protocol", () => {
    expect(toHex(era.codec.enc(mortal(64, 1000)))).toBe("0x8502");
    expect(toHex(era.codec.enc(mortal(16, 1000)))).toBe("0x8300");
    expect(toHex(era.codec.enc(undefined))).toBe("0x00");
  });

  it("comes back from its bytes, and its birth is the block it was signed at or a little before", () => {
    const periods = fc.integer({ min: 2, max: 16 }).map((power) => 2 ** power);
    fc.assert(
      fc.property(periods, fc.nat(1_000_000), (period, current) => {
        const made = mortal(period, current);
        expect(era.codec.dec(era.codec.enc(made))).toEqual(made);
        const birth = birthOf(made, current);
        expect(birth).toBeLessThanOrEqual(current);
        expect(current - birth).toBeLessThan(Math.max(period >> 12, 1));
        expect(birthOf(made, birth + period - 1)).toBe(birth);
        expect(birthOf(made, birth + period)).toBe(birth + period);
      }),
    );
  });
});
