import { expect, test } from "vitest";
import { KeptThreads, LeftThreads } from "../src/kept-threads.ts";
import type { CheckJob } from "../src/shard-work.ts";
import { WorkPool } from "../src/work-pool.ts";

/** Work for a thread; the shard is not what its root says. */
const job: CheckJob = {
  kind: "check",
  slot: new Uint8Array(new SharedArrayBuffer(5_000)),
  root: new Uint8Array(32),
  sealKey: new Uint8Array(32),
};

/** Threads take a while to start where every core is busy. */
const SLOW = { timeout: 60_000 };

test(
  "threads that are left work for the next file, and for none that wants another number",
  SLOW,
  async () => {
    const left = new LeftThreads();
    const first = new KeptThreads(1, left);
    expect(await first.run(job)).toBe(false);
    await first[Symbol.asyncDispose]();
    await expect(first.run(job)).rejects.toThrow("stopped");
    expect(left.take(2)).toBeNull();
    const pool = left.take(1);
    expect(pool?.isIdle).toBe(true);
    expect(await pool?.run(job)).toBe(false);
    expect(left.take(1)).toBeNull();
    await pool?.[Symbol.asyncDispose]();
  },
);

test("threads at work are stopped when their file is given up", SLOW, async () => {
  const left = new LeftThreads();
  const given = new KeptThreads(1, left);
  const running = given.run(job);
  running.catch(() => undefined);
  await given[Symbol.asyncDispose]();
  await expect(running).rejects.toThrow("stopped");
  expect(left.take(1)).toBeNull();
});

test(
  "of threads that are left one after the other the later stay, for their time",
  SLOW,
  async () => {
    const left = new LeftThreads(1);
    const [one, other] = [new WorkPool(1), new WorkPool(1)];
    await left.leave(one);
    await left.leave(other);
    expect(one.isIdle).toBe(false);
    await expect.poll(() => other.isIdle).toBe(false);
    expect(left.take(1)).toBeNull();
  },
);
