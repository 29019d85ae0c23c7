import { fromHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Draw,
  deriveKey,
  deriveKey512,
  frame,
  framedHash,
  framedHash512,
  keystream,
  u8,
  u16,
  u32,
  u64,
} from "../src/index.ts";
import vectors from "./vectors/framing.json" with { type: "json" };

const text = (value: string) => new TextEncoder().encode(value);

describe("framing", () => {
  test("a frame is the length of the prefixed label and the label", () => {
    expect(frame("test")).toEqual(Uint8Array.from([14, ...text("filetao/2/test")]));
  });

  test("hash, key and keystream equal the published values", () => {
    expect(framedHash("test", text("abc"))).toEqual(fromHex(vectors.D));
    expect(deriveKey(new Uint8Array(32), "test", text("abc"))).toEqual(fromHex(vectors.Derive));
    const key = Uint8Array.from({ length: 32 }, (_, at) => at);
    expect(keystream(key, vectors.ctr.length / 2)).toEqual(fromHex(vectors.ctr));
  });

  test("the long forms are 64 bytes and depend on label, key and parts", () => {
    const hashes = [
      framedHash512("a", text("x")),
      framedHash512("b", text("x")),
      framedHash512("a", text("y")),
      deriveKey512(new Uint8Array(32), "a", text("x")),
      deriveKey512(new Uint8Array(32).fill(1), "a", text("x")),
    ];
    expect(new Set(hashes.map(String)).size).toBe(hashes.length);
    expect(hashes.every(({ length }) => length === 64)).toBe(true);
  });

  test("labels that would not fit their length byte, or are not text, are refused", () => {
    for (const label of ["", "a b", "ü", "x".repeat(246)]) {
      expect(codeOf(() => frame(label))).toBe("VALUE_OUT_OF_RANGE");
    }
    expect(frame("x".repeat(245))).toHaveLength(256);
  });
});

describe("draws", () => {
  test("the published stream comes out, with its one rejection", () => {
    const draw = new Draw(vectors.draw.label, fromHex(vectors.draw.seed));
    const values = vectors.draw.bounds.map((bound) => String(draw.next(BigInt(bound))));
    expect(values).toEqual(vectors.draw.values);
  });

  test("a number stays below its bound, and the same seed gives the same numbers", () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const bounds = fc.bigInt({ min: 1n, max: 2n ** 64n });
    fc.assert(
      fc.property(seeds, bounds, (seed, bound) => {
        const value = new Draw("test", seed).next(bound);
        expect(value >= 0n && value < bound).toBe(true);
        expect(new Draw("test", seed).next(bound)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  test("draws are uniform: chi-square over 37 cells stays below its 0.9999 quantile", () => {
    const cells = new Array<number>(37).fill(0);
    const draws = 37_000;
    const stream = new Draw("test/uniform", new Uint8Array(32));
    for (let n = 0; n < draws; n += 1) {
      const cell = Number(stream.next(37n));
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    const due = draws / cells.length;
    const chiSquare = cells.reduce((sum, count) => sum + (count - due) ** 2 / due, 0);
    expect(chiSquare).toBeLessThan(76.4);
  });

  test("no number is drawn below zero, one too few or one too many", () => {
    for (const bound of [0n, -1n, 2n ** 64n + 1n]) {
      expect(codeOf(() => new Draw("test", new Uint8Array(32)).next(bound))).toBe(
        "VALUE_OUT_OF_RANGE",
      );
    }
  });
});

test("integers become big-endian bytes of their width, or are refused", () => {
  expect([...u8(0xff), ...u16(0x0102), ...u32(0x03040506)]).toEqual([255, 1, 2, 3, 4, 5, 6]);
  expect(u64(2n ** 64n - 1n)).toEqual(new Uint8Array(8).fill(255));
  for (const write of [
    () => u8(256),
    () => u16(-1),
    () => u32(0.5),
    () => u32(2 ** 32),
    () => u64(2 ** 53),
    () => u64(2n ** 64n),
    () => u64(-1n),
  ]) {
    expect(codeOf(write)).toBe("VALUE_OUT_OF_RANGE");
  }
});
