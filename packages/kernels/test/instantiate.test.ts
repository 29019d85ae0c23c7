import { expect, test } from "vitest";
import { bytesOfBase64 } from "../src/base64.ts";
import { HEAP_BASE, instantiate, loadSweepKernel } from "../src/index.ts";

const isAnything = (exports: object): exports is object => exports !== null;
/** An empty module: magic number and version. */
const EMPTY = "AGFzbQEAAAA=";

test("base64 of every length decodes as the platform's does", () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 37 + length) & 0xff));
    expect(Buffer.from(bytesOfBase64(bytes.toString("base64")))).toEqual(bytes);
  }
});

test("what the platform cannot run is null, so that callers take their slow way", () => {
  expect(instantiate("AAAA", 16, isAnything)).toBeNull();
});

test("a module without its functions is refused at once", () => {
  const isNothing = (_: object): _ is object => false;
  expect(() => instantiate(EMPTY, 16, isNothing)).toThrow(TypeError);
});

test("each instance has memory of its own, as much as was asked", () => {
  const [one, other] = [loadSweepKernel(300_000), loadSweepKernel(10)];
  if (one === null || other === null) throw new Error("this machine has no SIMD");
  expect(one.memory.buffer.byteLength).toBeGreaterThanOrEqual(HEAP_BASE + 300_000);
  new Uint8Array(one.memory.buffer).fill(7, HEAP_BASE);
  expect(new Uint8Array(other.memory.buffer, HEAP_BASE, 10)).toEqual(new Uint8Array(10));
});
