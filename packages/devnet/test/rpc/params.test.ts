import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INVALID_PARAMS } from "../../src/rpc/error.ts";
import { Params } from "../../src/rpc/params.ts";

const refused = expect.objectContaining({ code: INVALID_PARAMS });

describe("bytes in a request", () => {
  test("may come without 0x, as async-substrate-interface sends the data of state_call", () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value));
    fc.assert(
      fc.property(bytes, (value) => {
        const text = value.toString("hex");
        const params = new Params([text, `0x${text}`, text.toUpperCase()]);
        const [bare, prefixed, upper] = [0, 1, 2].map((index) => params.hex(index));
        expect([bare, upper]).toEqual([prefixed, prefixed]);
        expect(Buffer.from(params.bytes(0)).equals(value)).toBe(true);
      }),
    );
  });

  test("may be none at all", () => {
    expect(new Params([""]).bytes(0)).toEqual(new Uint8Array(0));
    expect(new Params(["0x"]).bytes(0)).toEqual(new Uint8Array(0));
  });

  test.each(["0", "0x0", "0x0x00", "00 ", "0xgg", 0, undefined])("are not %j", (value) => {
    expect(() => new Params([value]).hex(0)).toThrow(refused);
  });

  test("of a block hash keep their prefix: without it a hash is refused", () => {
    const hash = "ab".repeat(32);
    expect(new Params([`0x${hash}`]).hash(0)).toBe(`0x${hash}`);
    expect(() => new Params([hash]).hash(0)).toThrow(refused);
  });
});
