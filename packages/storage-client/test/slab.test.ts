import { describe, expect, it } from "vitest";
import { LeftMemory, Slab } from "../src/slab.ts";

/** Whose buffer is held, so that the collector leaves it where it is. */
function leftSlab(sizeBytes: number, left: LeftMemory) {
  const slab = new Slab(sizeBytes, left);
  const { buffer } = slab.bytes;
  slab[Symbol.dispose]();
  return buffer;
}

describe("a segment's memory", () => {
  it("is what the last file left, where that is large enough", () => {
    const left = new LeftMemory();
    const buffer = leftSlab(1000, left);
    expect(new Slab(1001, left).bytes.buffer).not.toBe(buffer);
    const smaller = new Slab(600, left);
    expect(smaller.bytes.buffer).toBe(buffer);
    expect(smaller.bytes.length).toBe(600);
  });

  it("is the smallest that was left and will do, and never more than twice as large", () => {
    const left = new LeftMemory();
    const [small, large] = [leftSlab(700, left), leftSlab(1000, left)];
    expect(new Slab(349, left).bytes.buffer).not.toBe(small);
    expect(new Slab(600, left).bytes.buffer).toBe(small);
    expect(new Slab(600, left).bytes.buffer).toBe(large);
  });

  it("is never two files' at once", () => {
    const left = new LeftMemory();
    const buffer = leftSlab(1000, left);
    const [one, other] = [new Slab(1000, left), new Slab(1000, left)];
    expect(one.bytes.buffer).toBe(buffer);
    expect(other.bytes.buffer).not.toBe(buffer);
  });
});
