import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyBytes } from "../io/copy-bytes.ts";

describe("copying into shared memory", () => {
  it("changes the place and nothing beside it, however the two are aligned", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(9), fc.nat(9), (bytes, at, offset) => {
        const room = new SharedArrayBuffer(400);
        const all = new Uint8Array(room).fill(0xee);
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + offset), offset);
        shared.set(bytes);
        copyBytes(shared, all.subarray(offset), at);
        const due = new Uint8Array(400).fill(0xee);
        due.set(bytes, offset + at);
        expect(Uint8Array.from(all)).toEqual(due);
      }),
    );
  });

  it("refuses a place that is too small, though its memory goes on", () => {
    const all = new Uint8Array(new SharedArrayBuffer(16));
    expect(() => copyBytes(new Uint8Array(5), all.subarray(0, 8), 4)).toThrow(RangeError);
    expect(all.every((byte) => byte === 0)).toBe(true);
  });
});
