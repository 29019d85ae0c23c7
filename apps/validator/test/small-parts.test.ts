import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromSeed } from "@neurond/crypto";
import { coldkeyOf, hotkeyOf, toBlockNumber } from "@neurond/primitives";
import { Health } from "@neurond/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forEachLimited } from "../src/for-each-limited.ts";
import { RunGate } from "../src/run-gate.ts";
import { chooseMiners, networkOf } from "../src/storage/passing/choose-miners.ts";
import { lifetimeOf } from "../src/storage/passing/lifetime.ts";
import { provenBody } from "../src/storage/passing/proven-body.ts";
import { WeightsWatch } from "../src/weights-watch.ts";

const never = new AbortController().signal;

describe("a run's gate", () => {
  test("lets nobody in after the run is closed, and waits for whoever is inside", async () => {
    const gate = new RunGate();
    const order: string[] = [];
    const inside = gate.enter(3, never, async (signal) => {
      await sleep(1_000, undefined, { signal }).catch(() => undefined);
      await sleep(10);
      order.push("left");
    });
    await gate.close(3);
    order.push("closed");
    expect(await inside).toBe(true);
    expect(order).toEqual(["left", "closed"]);
    for (const index of [3, 2]) {
      expect(await gate.enter(index, never, async () => void order.push("entered"))).toBe(false);
    }
    expect(await gate.enter(4, never, async () => undefined)).toBe(true);
    expect(order).not.toContain("entered");
  });

  test("hands on what goes wrong inside, unless that is its own closing", async () => {
    const gate = new RunGate();
    await expect(gate.enter(1, never, () => Promise.reject(new Error("inside")))).rejects.toThrow(
      "inside",
    );
    const closing = gate.enter(1, never, (signal) => sleep(1_000, undefined, { signal }));
    await gate.close(1);
    expect(await closing).toBe(true);
  });
});

describe("work on many at once", () => {
  test("never exceeds its limit and leaves nothing out", async () => {
    let [now, most] = [0, 0];
    const done: number[] = [];
    await forEachLimited(
      Array.from({ length: 20 }, (_, at) => at),
      3,
      never,
      async (item) => {
        now += 1;
        most = Math.max(most, now);
        await sleep(1);
        now -= 1;
        done.push(item);
      },
    );
    expect([most, done.length]).toEqual([3, 20]);
  });

  test("stops at the first error, and throws it when what was begun has ended", async () => {
    let ended = 0;
    const working = forEachLimited([0, 1, 2, 3, 4, 5], 2, never, async (item) => {
      if (item === 1) throw new Error("one");
      await sleep(5);
      ended += 1;
    });
    await expect(working).rejects.toThrow("one");
    expect(ended).toBe(1);
  });
});

describe("miners for a file", () => {
  const keys = Array.from({ length: 12 }, (_, at) => keypairFromSeed(new Uint8Array(32).fill(at)));
  const candidates = (owners: readonly number[]) =>
    owners.map((owner, at) => ({
      hotkey: hotkeyOf(keys[at]?.publicKey ?? new Uint8Array(32)),
      coldkey: coldkeyOf(keys[owner]?.publicKey ?? new Uint8Array(32)),
      url: `http://10.0.${at % 4}.${at}:8091`,
    }));
  const owners = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });
  const fileIds = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const wanted = { segment: 3, avoid: [] };

  test("have different owners wherever there are enough, and are never the same twice", () => {
    fc.assert(
      fc.property(owners, fileIds, fc.integer({ min: 1, max: 6 }), (list, fileId, shards) => {
        const all = candidates(list);
        const { miners, relaxed } = chooseMiners(all, { ...wanted, fileId, shards });
        expect(miners).toHaveLength(Math.min(shards, all.length));
        expect(new Set(miners).size).toBe(miners.length);
        const chosen = all.filter(({ hotkey }) => miners.includes(hotkey));
        const different = new Set(chosen.map(({ coldkey }) => coldkey)).size;
        const owned = new Set(all.map(({ coldkey }) => coldkey)).size;
        expect(different).toBe(Math.min(owned, miners.length));
        expect(relaxed.includes("coldkeys")).toBe(different < miners.length);
        const networks = new Set(chosen.map(({ url }) => networkOf(url))).size;
        expect(relaxed.includes("networks")).toBe(networks < miners.length);
      }),
    );
  });

  test("are others than those to be avoided, with other owners than theirs", () => {
    const all = candidates([0, 0, 1, 2, 2]);
    const [first] = all;
    const avoid = first ? [first.hotkey] : [];
    const fileId = new Uint8Array(32);
    const { miners } = chooseMiners(all, { fileId, segment: 0, shards: 2, avoid });
    const chosen = all.filter(({ hotkey }) => miners.includes(hotkey));
    expect(chosen.map(({ coldkey }) => coldkey)).not.toContain(first?.coldkey);
  });

  test("are told apart by the networks they serve in", () => {
    const networks = [
      "http://10.1.2.3:1",
      "http://[2001:db8::1]:1",
      "http://[1:2:3:4::]",
      "http://a.b",
    ];
    expect(networks.map(networkOf)).toEqual(["10.1.2", "2001:db8:0", "1:2:3", "a.b"]);
  });

  test("depend on the file and on nothing else", () => {
    fc.assert(
      fc.property(owners, fileIds, (list, fileId) => {
        const all = candidates(list);
        const two = { ...wanted, fileId, shards: 2 };
        expect(chooseMiners([...all].reverse(), two)).toEqual(chooseMiners(all, two));
      }),
    );
  });
});

describe("a body on its way", () => {
  const read = async (pieces: readonly string[], size: number, confirm: () => Promise<unknown>) => {
    const body = async function* () {
      for (const piece of pieces) yield Buffer.from(piece);
    };
    const passed: string[] = [];
    try {
      for await (const piece of provenBody(body(), size, confirm)) passed.push(String(piece));
      return { passed };
    } catch (error) {
      return { passed, code: (error as { readonly code?: string }).code ?? String(error) };
    }
  };

  test("is passed on whole when it is signed", async () => {
    expect(await read(["ab", "cd"], 4, async () => undefined)).toEqual({ passed: ["ab", "cd"] });
  });

  test("is never passed on whole when it is not, or has another length", async () => {
    const refuse = () => Promise.reject(new Error("unsigned"));
    expect(await read(["ab", "cd"], 4, refuse)).toEqual({
      passed: ["ab"],
      code: "Error: unsigned",
    });
    const short = await read(["ab", "cd"], 5, async () => undefined);
    expect(short).toEqual({ passed: ["ab"], code: "SHARD_MISMATCH" });
    const long = await read(["ab", "cd"], 3, async () => undefined);
    expect(long).toEqual({ passed: [], code: "SHARD_MISMATCH" });
  });
});

describe("the watch over weights", () => {
  test("makes silence visible, then fatal, and is calmed by confirmed weights", () => {
    const health = new Health();
    const watch = new WeightsWatch(100, toBlockNumber(1_000), health);
    watch.saw(toBlockNumber(1_100));
    expect(health.ready().ok).toBe(true);
    watch.saw(toBlockNumber(1_101));
    expect(health.ready().problems).toHaveProperty("weights");
    watch.confirmed(toBlockNumber(1_090));
    expect(health.ready().ok).toBe(true);
    expect(() => watch.saw(toBlockNumber(1_291))).toThrow(
      expect.objectContaining({ code: "WEIGHTS_SILENT" }),
    );
  });
});

test.each([
  [undefined, 216_000, 216_000],
  [216_001, 216_000, 216_000],
  [500, 216_000, 500],
  [1, 216_000, 300],
  [1, 40, 40],
  [undefined, 40, 40],
])("a lifetime wished to be %s where the longest is %i is %i", (wished, longest, expected) => {
  expect(lifetimeOf(wished, longest)).toBe(expected);
});
