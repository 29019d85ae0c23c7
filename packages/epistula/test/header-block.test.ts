import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readHeaderBlock } from "../src/header-block.ts";
import { messageBytes } from "../src/messages.ts";

const spellings = ["Epistula-Uuid", "epistula-uuid", "EPISTULA-UUID", "Epistula-UUID"];

describe("a block of headers", () => {
  it("finds a header in any spelling, asked for in any", () => {
    for (const sent of spellings) {
      const block = readHeaderBlock([[sent, "x"]]);
      for (const asked of spellings) expect(block.get(asked)).toBe("x");
    }
  });

  it("counts two spellings of one name as the same header", () => {
    const block = readHeaderBlock(spellings.map((name) => [name, name]));
    expect(block.repeated).toEqual(["epistula-uuid", "epistula-uuid", "epistula-uuid"]);
    expect(block.get("Epistula-Uuid")).toBe("Epistula-Uuid");
  });

  it("reads alike after any number of names that nobody knows", () => {
    for (let n = 0; n < 2_000; n += 1) readHeaderBlock([[`x-odd-${n}`, "y"]]);
    readHeaderBlock([["a".repeat(10_000), "y"]]);
    const block = readHeaderBlock([
      ["ePiStUlA-uUiD", "x"],
      ["Content-Length", "7"],
      ["x-odd-3", "y"],
    ]);
    expect(block.get("Epistula-Uuid")).toBe("x");
    expect(block.get("content-length")).toBe("7");
    expect(block.get("x-odd-3")).toBeUndefined();
  });
});

test("the bytes of a message are its UTF-8, whatever is in it", () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(texts, (text) => {
      expect(messageBytes(text)).toEqual(utf8ToBytes(text));
    }),
  );
});
