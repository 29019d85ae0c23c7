import type { Rao } from "@neurond/primitives";
import { expect, test } from "vitest";
import { Queue, type QueueEntry } from "../../src/upstream/queue.ts";

const SETTINGS = { maxWaiting: 3, maxPerHotkey: 2, maxWaitMs: 5_000, ageingTauSec: 5 };
const forever = new AbortController().signal;
const unknown = () => null;

let came = 0;
function entry(owner: string, change: Partial<QueueEntry> = {}): QueueEntry {
  came += 1;
  return {
    priorityClass: 0,
    stakeRao: 0n as Rao,
    owner,
    patienceMs: null,
    arrivedMs: 1_790_000_000_000 + came,
    ...change,
  };
}
const tao = (amount: number) => ({ stakeRao: (BigInt(amount) * 1_000_000_000n) as Rao });

test("turns go to the higher class, then to the greater stake, then to who came first", async () => {
  const queue = new Queue<string>({ ...SETTINGS, maxWaiting: 10 });
  const order: string[] = [];
  for (const [name, change] of [
    ["small", tao(1)],
    ["first", tao(100)],
    ["second", tao(100)],
    ["urgent", { priorityClass: 1 }],
    ["great", tao(100_000)],
  ] as const)
    void Promise.resolve(queue.wait(entry(name, change), unknown, forever)).then(() =>
      order.push(name),
    );
  while (queue.size > 0) queue.serve("turn");
  await Promise.resolve();
  await new Promise(setImmediate);
  expect(order).toEqual(["urgent", "great", "first", "second", "small"]);
});

test("a small stake that has waited long enough goes before a great one that just came", () => {
  const queue = new Queue<string>(SETTINGS);
  const at = 1_790_000_000_000;
  void queue.wait(entry("great", { ...tao(1_000_000), arrivedMs: at + 80_000 }), unknown, forever);
  void queue.wait(entry("small", { ...tao(1), arrivedMs: at }), unknown, forever);
  expect(queue.nextArrivedMs).toBe(at);
  queue.clear("UPSTREAM_DOWN");
});

test("a full queue turns away the last place, be it the newcomer's or another's", async () => {
  const queue = new Queue<string>(SETTINGS);
  const waiting = ["a", "b", "c"].map((name) => queue.wait(entry(name, tao(10)), unknown, forever));
  expect(queue.wait(entry("poor"), unknown, forever)).toBe("QUEUE_FULL");
  const rich = queue.wait(entry("rich", tao(1_000)), unknown, forever);
  expect(await waiting[2]).toBe("QUEUE_FULL");
  queue.serve("turn");
  expect(await rich).toBe("turn");
  queue.clear("UPSTREAM_DOWN");
  expect(await Promise.all(waiting.slice(0, 2))).toEqual(["UPSTREAM_DOWN", "UPSTREAM_DOWN"]);
});

test("one hotkey takes no more than its share of the queue", async () => {
  const queue = new Queue<string>(SETTINGS);
  const waiting = [1, 2].map(() => queue.wait(entry("a"), unknown, forever));
  expect(queue.wait(entry("a", tao(1_000_000)), unknown, forever)).toBe("QUEUE_HOTKEY_FULL");
  queue.serve("turn");
  expect(await waiting[0]).toBe("turn");
  void queue.wait(entry("a"), unknown, forever);
  expect(queue.size).toBe(2);
  queue.clear("UPSTREAM_DOWN");
});

test("a request that could not be served within its caller's timeout is not kept", async () => {
  const queue = new Queue<string>(SETTINGS);
  const halfASecondEach = (ahead: number) => (ahead + 1) * 500;
  expect(queue.wait(entry("a", { patienceMs: 500 }), halfASecondEach, forever)).toBe(
    "QUEUE_HOPELESS",
  );
  const kept = queue.wait(entry("a", { patienceMs: 501 }), halfASecondEach, forever);
  expect(queue.size).toBe(1);
  queue.serve("turn");
  expect(await kept).toBe("turn");
});

test("nobody waits longer than the queue or the caller allows", async () => {
  const queue = new Queue<string>({ ...SETTINGS, maxWaitMs: 20 });
  expect(await queue.wait(entry("a"), unknown, forever)).toBe("QUEUE_TIMEOUT");
  const patient = new Queue<string>(SETTINGS);
  expect(await patient.wait(entry("a", { patienceMs: 10 }), unknown, forever)).toBe(
    "QUEUE_TIMEOUT",
  );
  expect([queue.size, patient.size]).toEqual([0, 0]);
});

test("who leaves makes room, and its listener is gone", async () => {
  const queue = new Queue<string>(SETTINGS);
  const leaving = new AbortController();
  const left = queue.wait(entry("a"), unknown, leaving.signal);
  leaving.abort();
  expect(await left).toBe("CLIENT_LEFT");
  expect(queue.size).toBe(0);
  queue.serve("turn");
  expect(queue.size).toBe(0);
});
