import { describe, expect, it } from "vitest";
import { Slab } from "../src/slab.ts";

describe("a segment's memory", () => {
  it("is what the last file left, where that is large enough", () => {
    const first = new Slab(1000);
    const { buffer } = first.bytes;
    first[Symbol.dispose]();
    const smaller = new Slab(600);
    expect(smaller.bytes.buffer).toBe(buffer);
    expect(smaller.bytes.length).toBe(600);
    smaller[Symbol.dispose]();
    expect(new Slab(buffer.byteLength + 1).bytes.buffer).not.toBe(buffer);
  });

  it("is never two files' at once", () => {
    const first = new Slab(1000);
    first[Symbol.dispose]();
    const [one, other] = [new Slab(1000), new Slab(1000)];
    expect(one.bytes.buffer).not.toBe(other.bytes.buffer);
  });
});
