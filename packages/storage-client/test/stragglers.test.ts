import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Meter } from "../src/index.ts";
import { Stragglers } from "../src/stragglers.ts";

const { signal } = new AbortController();

test("the last delivery is given up for another miner once the others are done", async () => {
  let asked = 0;
  const stragglers = new Stragglers(
    4,
    async () => {
      asked += 1;
      return "another";
    },
    20,
  );
  using slow = stragglers.watch(signal);
  const others = [1, 2, 3].map(() => stragglers.watch(signal));
  await sleep(40);
  expect(slow.signal.aborted).toBe(false); // the others are no faster
  for (const one of others) one.done();
  await new Promise((resolve) => slow.signal.addEventListener("abort", resolve));
  expect(await slow.replacement()).toBe("another");
  expect(asked).toBe(1);
});

test("nothing is given up when nobody else is left, nor when its client gave up", async () => {
  const stragglers = new Stragglers(1, async () => null, 5);
  const first = stragglers.watch(signal);
  first.done();
  using slow = stragglers.watch(signal);
  await sleep(60);
  expect(slow.signal.aborted).toBe(false);
  expect(await slow.replacement()).toBeNull();
  const giveUp = new AbortController();
  using watched = stragglers.watch(giveUp.signal);
  giveUp.abort();
  expect(watched.signal.aborted).toBe(true);
});

test("a transfer tells its rate of late and how long the rest will take", () => {
  let now = 0;
  const told: number[] = [];
  const meter = new Meter(
    ({ bytes }) => told.push(bytes),
    () => now,
  );
  expect(meter.progress()).toMatchObject({ bytes: 0, totalBytes: null, etaSeconds: null });
  meter.totalBytes = 10_000;
  for (; now < 2_000; now += 100) meter.add(100);
  meter.add(-100); // an attempt that failed
  expect(told.at(-1)).toBe(1_900);
  const { bytesPerSecond, etaSeconds } = meter.progress();
  expect(bytesPerSecond).toBeCloseTo(950, -1);
  expect(etaSeconds).toBeCloseTo(8_100 / bytesPerSecond, 5);
  now += 60_000;
  meter.progress();
  now += 60_000;
  expect(meter.progress().bytesPerSecond).toBe(0);
});
