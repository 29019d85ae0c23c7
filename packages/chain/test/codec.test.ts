import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader } from "../src/codec/byte-reader.ts";
import { createDecoders } from "../src/codec/decoder.ts";
import { compact, encodeValue } from "../src/codec/encoder.ts";
import type { TypeTable } from "../src/codec/types.ts";

type Def = TypeTable[number]["def"];
const type = (id: number, def: Def, path: string[] = []) => ({
  id,
  path,
  params: [],
  def,
  docs: [],
});
const primitive = (tag: "u8" | "u16" | "u32" | "u64" | "u128" | "bool" | "i16" | "i64"): Def => ({
  tag: "primitive",
  value: { tag, value: undefined },
});
const field = (typeId: number, name?: string) => ({
  name,
  type: typeId,
  typeName: undefined,
  docs: [],
});

/** A small type table with one of each kind. */
const types: TypeTable = [
  type(0, primitive("u8")),
  type(1, primitive("u16")),
  type(2, primitive("u64")),
  type(3, { tag: "compact", value: 2 }),
  type(4, { tag: "sequence", value: 0 }),
  type(5, { tag: "array", value: { len: 32, type: 0 } }),
  type(6, { tag: "composite", value: [field(5)] }, ["sp_core", "crypto", "AccountId32"]),
  type(7, { tag: "composite", value: [field(2)] }, ["NetUid"]),
  type(8, { tag: "composite", value: [field(7, "id"), field(6, "who"), field(10, "maybe")] }),
  type(9, { tag: "sequence", value: 8 }),
  type(
    10,
    {
      tag: "variant",
      value: [
        { name: "None", fields: [], index: 0, docs: [] },
        { name: "Some", fields: [field(1)], index: 1, docs: [] },
      ],
    },
    ["Option"],
  ),
  type(11, { tag: "compact", value: 0 }),
  type(12, { tag: "sequence", value: 11 }),
  // A tree: a node is a list of nodes.
  type(13, { tag: "composite", value: [field(14, "children")] }, ["Tree"]),
  type(14, { tag: "sequence", value: 13 }),
  type(15, primitive("i64")),
];
const decoderOf = createDecoders(types);
const decode = (id: number, bytes: Uint8Array) => decoderOf(id)(new ByteReader(bytes));

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);

describe("decoding", () => {
  test("undoes encoding for records, options, accounts and newtypes", () => {
    const record = fc.record({
      id: u64,
      who: fc.constant("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
      maybe: fc.option(fc.nat(65_535), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        expect(decode(9, encodeValue(types, 9, records))).toEqual(records);
      }),
    );
  });

  test("compact numbers of every size come back", () => {
    fc.assert(
      fc.property(u64, (value) => {
        expect(decode(3, compact(value))).toBe(value);
      }),
    );
  });

  test("negative numbers come back", () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        expect(decode(15, encodeValue(types, 15, value))).toBe(value);
      }),
    );
  });

  test("a list of compact bytes is bytes, two to each from 64 on", () => {
    expect(decode(12, Uint8Array.of(8, 4, 1, 1))).toEqual(Uint8Array.of(1, 64));
  });

  test("types that contain themselves are followed", () => {
    const leaf = { children: [] };
    const tree = { children: [leaf, { children: [leaf] }] };
    expect(decode(13, encodeValue(types, 13, tree))).toEqual(tree);
  });
});

describe("bytes that are no such value", () => {
  test("are an error with a code, never a crash or a guess", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(9, 3, 12, 13, 10),
        fc.uint8Array({ maxLength: 40 }),
        (id, bytes) => {
          try {
            decode(id, bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: "STATE_UNDECODABLE" });
          }
        },
      ),
    );
  });

  test("a list that claims more items than there are bytes is refused before any memory is taken", () => {
    expect(() => decode(4, Uint8Array.of(0xfe, 0xff, 0xff, 0xff))).toThrow(
      expect.objectContaining({ code: "STATE_UNDECODABLE" }),
    );
  });
});

test.each([
  [1, 65_536],
  [1, -1],
  [1, 1.5],
  [1, "7"],
  [5, new Uint8Array(31)],
  [9, {}],
])("a value that does not fit type %d is refused", (id, value) => {
  expect(() => encodeValue(types, id, value)).toThrow(
    expect.objectContaining({ code: "CALL_UNENCODABLE" }),
  );
});
