import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type LaneOptions, Lanes } from "../src/lanes.ts";

const signal = new AbortController().signal;

const lanesOf = (options: Omit<LaneOptions, "busy">) =>
  new Lanes({ ...options, busy: () => new Error("busy") });

/** Work that ends when the test says so. */
function work() {
  const end = Promise.withResolvers<void>();
  const state = { begun: false, end: end.resolve };
  return Object.assign(state, {
    run: async () => {
      state.begun = true;
      await end.promise;
    },
  });
}

test("so many work at once, so many wait, and the next is refused", async () => {
  const lanes = lanesOf({ width: 1, maxWaiting: 1 });
  const [first, second] = [work(), work()];
  const running = [lanes.run(signal, first.run), lanes.run(signal, second.run)];
  await turn();
  expect([first.begun, second.begun]).toEqual([true, false]);
  await expect(lanes.run(signal, async () => undefined)).rejects.toThrow("busy");
  first.end();
  await running[0];
  await turn();
  expect(second.begun).toBe(true);
  second.end();
  await running[1];
  expect(lanes.taken).toBe(0);
});

test("work that fails gives its lane back", async () => {
  const lanes = lanesOf({ width: 1, maxWaiting: 0 });
  const failing = lanes.run(signal, () => Promise.reject(new Error("disk")));
  await expect(failing).rejects.toThrow("disk");
  await expect(lanes.run(signal, async () => "next")).resolves.toBe("next");
});

test("whoever stops waiting leaves the queue, and his turn goes to the next", async () => {
  const lanes = lanesOf({ width: 1, maxWaiting: 2 });
  const [first, last] = [work(), work()];
  const held = lanes.run(signal, first.run);
  const leaving = new AbortController();
  const left = lanes.run(leaving.signal, async () => undefined);
  const waiting = lanes.run(signal, last.run);
  leaving.abort();
  await expect(left).rejects.toThrow("busy");
  first.end();
  await held;
  await turn();
  expect(last.begun).toBe(true);
  last.end();
  await waiting;
  expect(lanes.taken).toBe(0);
});

test("of those that wait the highest priority goes first, and among equals who came first", async () => {
  const lanes = lanesOf({ width: 1, maxWaiting: 8 });
  const first = work();
  const order: string[] = [];
  const note = (name: string) => async () => {
    order.push(name);
  };
  const running = [
    lanes.run(signal, first.run),
    lanes.run(signal, note("poor"), () => 1n),
    lanes.run(signal, note("rich"), () => 9n),
    lanes.run(signal, note("poor, later"), () => 1n),
    lanes.run(signal, note("unregistered")),
  ];
  await turn();
  first.end();
  await Promise.all(running);
  expect(order).toEqual(["rich", "poor", "poor, later", "unregistered"]);
});
