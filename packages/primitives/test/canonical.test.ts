import { canonicalJson, domainHash, fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/score-hash.json" with { type: "json" };

const anyText = fc.string({ unit: "grapheme" });
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    anyText,
    fc.array(tie("value")),
    fc.dictionary(anyText, tie("value")),
  ),
})).value;

describe("canonical JSON", () => {
  test.each(vectors)("of the scores of $runId hashes to $sha256", (row) => {
    const { runId, familyId, scores } = row;
    const text = canonicalJson({ v: 1, scores, run_id: runId, family_id: familyId });
    expect(toHex(sha256(utf8ToBytes(text)))).toBe(row.sha256);
  });

  test("orders keys by UTF-16 code unit (RFC 8785 section 3.2.3)", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(text).toBe('{"\\r":0,"1":0,"\u0080":0,"\u00f6":0,"\u20ac":0,"\u{1f600}":0,"\ufb33":0}');
  });

  test("escapes only what it must (RFC 8785 section 3.2.2.2)", () => {
    expect(canonicalJson("\u20ac$\u000f\nA'B\"\\/\u007f\b\t\f\r")).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\/\u007f\\b\\t\\f\\r"',
    );
  });

  test("is the same for every order of keys, and reads back as the value", () => {
    const reverseKeys = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reverseKeys);
      if (typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value).reverse();
      return Object.fromEntries(entries.map(([key, member]) => [key, reverseKeys(member)]));
    };
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reverseKeys(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test("writes integers of any size when they are bigint", () => {
    expect(canonicalJson([2n ** 64n, -1n, -0])).toBe("[18446744073709551616,-1,0]");
  });

  test.each([
    ["a fraction", 0.5],
    ["an unsafe integer", 2 ** 53],
    ["infinity", Number.POSITIVE_INFINITY],
    ["NaN", Number.NaN],
    ["undefined", undefined],
    ["an undefined member", { a: undefined }],
    ["a hole in an array", new Array(1)],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["bytes", new Uint8Array(1)],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
  ])("refuses %s", (_, value) => {
    expect(codeOf(() => canonicalJson({ nested: [value] }))).toBe("CANONICAL_INVALID");
  });

  test("refuses a cycle and hostile nesting", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(codeOf(() => canonicalJson(cycle))).toBe("CANONICAL_INVALID");
    const deep: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    expect(codeOf(() => canonicalJson(deep))).toBe("CANONICAL_INVALID");
  });
});

describe("a domain-separated hash", () => {
  test("is SHA-256 of the domain, a newline and the parts", () => {
    const parts = [fromHex("0x0102"), "é"] as const;
    expect(domainHash("neurond/test/v1", ...parts)).toEqual(
      sha256(new Uint8Array([...utf8ToBytes("neurond/test/v1\n"), 1, 2, 0xc3, 0xa9])),
    );
  });

  test("differs between domains", () => {
    expect(domainHash("a", "x")).not.toEqual(domainHash("b", "x"));
  });

  test("refuses a domain of two lines and text that is not well formed", () => {
    expect(codeOf(() => domainHash("a\nb"))).toBe("CANONICAL_INVALID");
    expect(codeOf(() => domainHash("a", "\ud800"))).toBe("CANONICAL_INVALID");
    expect(codeOf(() => domainHash("\ud800"))).toBe("CANONICAL_INVALID");
  });
});
