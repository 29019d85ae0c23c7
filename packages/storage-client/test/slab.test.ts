import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { LeftMemory, Slab } from "../src/slab.ts";

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

  it("is not kept for ever, nor without bound", async () => {
    const left = new LeftMemory();
    const [first, second] = [leftSlab(90_000_000, left), leftSlab(100_000_000, left)];
    expect(new Slab(90_000_000, left).bytes.buffer).toBe(second);
    expect(left.take(90_000_000)).not.toBe(first);
    const brief = new LeftMemory(1);
    brief.add(new SharedArrayBuffer(10));
    await setTimeout(20);
    expect(brief.take(10)).toBeUndefined();
  });

  it("is kept as long as threads are at work, which would not let it be freed", async () => {
    const left = new LeftMemory(1);
    left.hold();
    const buffer = leftSlab(1000, left);
    await setTimeout(20);
    expect(new Slab(1000, left).bytes.buffer).toBe(buffer);
    left.add(new SharedArrayBuffer(10));
    left.letGo();
    await setTimeout(20);
    expect(left.take(10)).toBeUndefined();
  });

  it("is never two files' at once", () => {
    const left = new LeftMemory();
    const buffer = leftSlab(1000, left);
    const [one, other] = [new Slab(1000, left), new Slab(1000, left)];
    expect(one.bytes.buffer).toBe(buffer);
    expect(other.bytes.buffer).not.toBe(buffer);
  });
});
