import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sparseRow } from "../../src/pallets/subtensor/sparse-row.ts";
import { struct, tuple, vec } from "../../src/scale/compose.ts";
import { decode } from "../../src/scale/decode.ts";
import { u16 } from "../../src/scale/primitives.ts";
import { pairRow, pairsOf } from "../../src/yuma/pair-row.ts";

const plain = vec(tuple(u16, u16));
const u16s = fc.nat(65_535);
const rows = fc.array(fc.tuple(u16s, u16s), { maxLength: 300 });

describe("a row of weights", () => {
  it("is encoded as the vector of pairs it stands for, and read back", () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const encoded = sparseRow.codec.enc(pairRow(pairs));
        expect(encoded).toEqual(plain.codec.enc(pairs));
        expect(pairsOf(decode(sparseRow, encoded))).toEqual(pairs);
      }),
    );
  });

  it("is read where it stands among other values", () => {
    const among = struct([], { before: u16, row: sparseRow, after: u16 });
    const value = { before: 1, row: pairRow([[2, 3]]), after: 4 };
    expect(decode(among, among.codec.enc(value))).toEqual(value);
  });

  it("that ends early is refused, however long it claims to be", () => {
    const { codec } = sparseRow;
    const encoded = codec.enc(pairRow([[1, 2]]));
    expect(() => codec.dec(encoded.slice(0, -1))).toThrow(RangeError);
    expect(() => codec.dec(Uint8Array.of(0xfe, 0xff, 0xff, 0xff))).toThrow(RangeError);
  });
});
