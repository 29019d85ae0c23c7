import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Literal, parseLiteral, writeLiteral } from "../src/literal.ts";
import { readMetrics, writeMetrics } from "../src/metrics.ts";

const { tree: literal } = fc.letrec<{ tree: Literal }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Literal>(
      null,
      true,
      false,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
    ),
    fc.double(),
    fc.integer(),
    fc.string({ unit: "binary" }),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.string({ unit: "binary", maxLength: 5 }), tie("tree"), { maxKeys: 3 }),
  ),
}));

describe("a Python literal", () => {
  it("reads what repr writes", () => {
    const text = `{'it': 5, "it's": 'a"b', 'ttft': None, 'p': True, 'n': nan, 'i': -inf, 'e': 1e-07, 'l': [1, (2, 3.5,)], 'x': '\\x41\\u00e9\\U0001f600\\n'}`;
    expect(parseLiteral(text)).toEqual({
      it: 5,
      "it's": 'a"b',
      ttft: null,
      p: true,
      n: Number.NaN,
      i: Number.NEGATIVE_INFINITY,
      e: 1e-7,
      l: [1, [2, 3.5]],
      x: "Aé\u{1f600}\n",
    });
  });

  it.each([
    "",
    "{",
    "{'a': 1",
    "{'a' 1}",
    "{1: 2}",
    "{'a': 1}x",
    "{'a': __import__('os')}",
    "'open",
    "'\\q'",
    "1 2",
    "{'a': 0x10}",
    "'\\u00zz'",
    "'\\U00ffffff'",
    "[".repeat(10_000),
    `'${"a".repeat(70_000)}'`,
  ])("%.40j is none", (text) => {
    expect(parseLiteral(text)).toBeUndefined();
  });

  it("makes a key such as __proto__ nothing but a key", () => {
    const value = parseLiteral("{'__proto__': {'p': True}}");
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it("comes back as it went, in ASCII", () => {
    fc.assert(
      fc.property(literal, (value) => {
        const text = writeLiteral(value);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(parseLiteral(text)).toEqual(value);
      }),
    );
  });
});

describe("metrics", () => {
  it("are read from either form, without the keys that no rule reads", () => {
    const expected = { it: 12, ot: 3, ttft: null, nc: 1.25, p: true };
    expect(
      readMetrics("{'it': 12, 'ot': 3, 'ttft': None, 'nc': 1.25, 'p': True, 'zzz': 'x'}"),
    ).toEqual(expected);
    expect(
      readMetrics('{"it": 12, "ot": 3, "ttft": null, "nc": 1.25, "p": true, "zzz": {"a": [1]}}'),
    ).toEqual(expected);
  });

  it("have no number where there is none", () => {
    expect(readMetrics("{'nc': nan, 'ot': 'many', 'p': 1}")).toEqual({
      nc: null,
      ot: null,
      p: false,
    });
  });

  it.each([
    "",
    "null",
    "[]",
    "{'it': 0x10}",
    "{'it': 1, }'",
    "{'it': 1 'ot': 2}",
    "{'it': 1, 'ot'}",
    "{'it': 1",
    "Decimal('1')",
    "{'a': {'b': }}",
  ])("%j is nothing, and no error", (cell) => {
    expect(readMetrics(cell)).toBeNull();
  });

  it("come back as they went", () => {
    const metrics = { it: 12, ttft: null, tps: 20.125, p: false };
    expect(writeMetrics(metrics)).toBe("{'it': 12, 'ttft': None, 'tps': 20.125, 'p': False}");
    expect(readMetrics(writeMetrics(metrics))).toEqual(metrics);
  });

  it("are the same whichever way they are read", () => {
    const value = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(null, true, false, "None", "nan"),
    );
    const key = fc.constantFrom("it", "ot", "ttft", "nc", "p", "None", "other", "True");
    fc.assert(
      fc.property(fc.dictionary(key, value), (dict) => {
        const text = writeLiteral(dict);
        // A string with an escape in it goes the long way.
        const long = text === "{}" ? text : `${text.slice(0, -1)}, 'x': '\\n'}`;
        expect(readMetrics(text)).toEqual(readMetrics(long));
      }),
    );
  });
});
