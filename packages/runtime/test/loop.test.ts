import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { forLatest } from "../src/index.ts";

async function* ticks(count: number, everyMs: number) {
  for (let i = 0; i < count; i += 1) {
    await sleep(everyMs);
    yield i;
  }
}

describe("forLatest", () => {
  it("skips what arrives during a slow pass, and never runs two at once", async () => {
    const seen: number[] = [];
    let running = 0;
    await forLatest(
      ticks(20, 5),
      async (item) => {
        running += 1;
        expect(running).toBe(1);
        seen.push(item);
        await sleep(30);
        running -= 1;
      },
      new AbortController().signal,
    );
    expect(seen.length).toBeLessThan(12);
    expect(seen.at(-1)).toBe(19);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it("ends with the error of a failed pass", async () => {
    const failing = forLatest(
      ticks(50, 1),
      async (item) => {
        if (item >= 2) throw new Error("pass failed");
      },
      new AbortController().signal,
    );
    await expect(failing).rejects.toThrow("pass failed");
  });

  it("ends with the error of its source", async () => {
    const broken = async function* () {
      yield 1;
      await sleep(1);
      throw new Error("source failed");
    };
    await expect(
      forLatest(broken(), async () => undefined, new AbortController().signal),
    ).rejects.toThrow("source failed");
  });

  it("leaves no rejection unheard when pass and source fail with one abort", async () => {
    const unheard: unknown[] = [];
    const listen = (error: unknown) => unheard.push(error);
    process.on("unhandledRejection", listen);
    const stop = new AbortController();
    const heads = async function* () {
      yield 1;
      await sleep(60_000, undefined, { signal: stop.signal });
    };
    const pass = async () => {
      await sleep(60_000, undefined, { signal: stop.signal });
    };
    setTimeout(() => stop.abort(), 10);
    await expect(forLatest(heads(), pass, stop.signal)).rejects.toThrow("aborted");
    await sleep(20);
    process.off("unhandledRejection", listen);
    expect(unheard).toEqual([]);
  });

  it("stops between passes when told to", async () => {
    const stop = new AbortController();
    let passes = 0;
    await forLatest(
      ticks(100, 1),
      async () => {
        passes += 1;
        if (passes === 3) stop.abort();
      },
      stop.signal,
    );
    expect(passes).toBe(3);
  });
});
