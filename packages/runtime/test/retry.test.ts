import { describe, expect, it } from "vitest";
import { retry } from "../src/index.ts";

const options = {
  signal: new AbortController().signal,
  attempts: 4,
  firstDelayMs: 1,
  retryable: (error: unknown) => (error as Error).message !== "final",
};

describe("retry", () => {
  it("tries until it succeeds", async () => {
    let made = 0;
    const result = await retry(async () => {
      made += 1;
      if (made < 3) throw new Error("later");
      return made;
    }, options);
    expect(result).toBe(3);
  });

  it("gives up after its attempts, with the last error", async () => {
    let made = 0;
    const failing = retry(async () => {
      made += 1;
      throw new Error(`attempt ${made}`);
    }, options);
    await expect(failing).rejects.toThrow("attempt 4");
  });

  it("does not repeat what cannot succeed", async () => {
    let made = 0;
    const failing = retry(async () => {
      made += 1;
      throw new Error("final");
    }, options);
    await expect(failing).rejects.toThrow("final");
    expect(made).toBe(1);
  });

  it("waits as long as the other side asks for, even above its own longest wait", async () => {
    let made = 0;
    const begin = performance.now();
    const attempt = async () => {
      made += 1;
      if (made === 1) throw new Error("busy");
    };
    await retry(attempt, { ...options, maxDelayMs: 1, leastDelayMs: () => 50 });
    expect(performance.now() - begin).toBeGreaterThan(45);
  });

  it("stops waiting when told to", async () => {
    const stop = new AbortController();
    const failing = retry(
      async () => {
        setTimeout(() => stop.abort(), 5);
        throw new Error("later");
      },
      { ...options, signal: stop.signal, firstDelayMs: 60_000 },
    );
    await expect(failing).rejects.toThrow(/abort/i);
  });
});
