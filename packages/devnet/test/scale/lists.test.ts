import { type Hex, toHex } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metagraphFields } from "../../src/apis/types/metagraph.ts";
import { axonInfo } from "../../src/pallets/subtensor/types.ts";
import { tuple, vec } from "../../src/scale/compose.ts";
import { accountId } from "../../src/scale/known.ts";
import { accountAmounts, accounts, compactU16s, compactU64s } from "../../src/scale/lists.ts";
import { compactU16, compactU64 } from "../../src/scale/primitives.ts";
import type { Type } from "../../src/scale/type.ts";

const U64_MAX = 2n ** 64n - 1n;
const account = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => toHex(bytes));
const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u64 = fc.bigInt({ min: 0n, max: U64_MAX });
/** Values around the places where a compact number gets longer. */
const edge = fc
  .tuple(fc.constantFrom(6n, 14n, 30n, 32n, 40n, 48n, 56n, 64n), fc.constantFrom(-1n, 0n, 1n))
  .map(([bits, step]) => 2n ** bits + step)
  .filter((value) => value <= U64_MAX);
const axon = fc.record({
  block: u64,
  version: fc.nat(0xffff_ffff),
  ip: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  port: u16,
  ip_type: u8,
  protocol: u8,
  placeholder1: u8,
  placeholder2: u8,
});

/** The quick encoder writes what the general one does, and reads it back. */
function agree<T>(quick: Type<T[]>, of: Type<T>, entry: fc.Arbitrary<T>): void {
  const general = vec(of);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 80 }), (values) => {
      const encoded = quick.codec.enc(values);
      expect(toHex(encoded)).toBe(toHex(general.codec.enc(values)));
      expect(quick.codec.dec(encoded)).toEqual(values);
    }),
  );
  expect(quick.describe().shape).toMatchObject({ tag: "sequence", of });
}

describe("a list that is encoded in one go", () => {
  it("of accounts is a vector of accounts", () => agree(accounts, accountId, account));
  it("of small numbers is a vector of compact ones", () => agree(compactU16s, compactU16, u16));
  it("of large numbers is a vector of compact ones", () =>
    agree(compactU64s, compactU64, fc.oneof(u64, edge)));
  it("of accounts and amounts is a vector of pairs", () => {
    const pair = tuple(accountId, compactU64);
    const quick = accountAmounts.codec;
    fc.assert(
      fc.property(fc.array(fc.tuple(account, edge), { maxLength: 20 }), (values) => {
        expect(toHex(quick.enc(values))).toBe(toHex(vec(pair).codec.enc(values)));
        expect(quick.dec(quick.enc(values))).toEqual(values);
      }),
    );
  });
  it("of axons is a vector of axons", () => agree(metagraphFields.axons, axonInfo, axon));
});
