import { type ReplayStore, replayMemory, replayWithFallback } from "@neurond/epistula";
import { replayContract } from "@neurond/epistula/replay-contract";
import { CodedError } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

function harness() {
  let time = 1_000_000;
  const store = replayMemory({ retentionMs: 500, now: () => time });
  const elapse = async (milliseconds: number) => {
    time += milliseconds;
  };
  return { store, peer: store, elapse };
}

describe("the memory keeps the contract:", () => {
  test.each(replayContract)("$name", async ({ run }) => {
    await run(harness());
  });
});

describe("the contract finds a store that", () => {
  type Break = (store: ReplayStore) => ReplayStore["rememberIfNew"];
  const never: Break = () => async () => false;
  const always: Break = () => async () => true;
  const oneByOne: Break = (store) => async (keys) => {
    let isNew = true;
    for (const key of keys) if (!(await store.rememberIfNew([key]))) isNew = false;
    return isNew;
  };
  const firstOnly: Break = (store) => (keys) => store.rememberIfNew([keys[0]]);
  const slow: Break = (store) => {
    const known = new Set<string>();
    return async (keys) => {
      const isNew = !keys.some((key) => known.has(key));
      await store.rememberIfNew(["other"]);
      if (isNew) for (const key of keys) known.add(key);
      return isNew;
    };
  };
  const prefix: Break = (store) => (keys) => {
    const [first, ...rest] = keys.map((key) => key.slice(0, 12).toLowerCase());
    return store.rememberIfNew([first ?? "", ...rest]);
  };

  test.each([
    { what: "knows everything", broken: never },
    { what: "knows nothing", broken: always },
    { what: "takes the keys of a set one by one", broken: oneByOne },
    { what: "looks at the first key only", broken: firstOnly },
    { what: "looks, waits and then writes", broken: slow },
    { what: "cuts keys short", broken: prefix },
  ])("$what", async ({ broken }) => {
    const failures = await Promise.allSettled(
      replayContract.map(async ({ run }) => {
        const { store, elapse } = harness();
        const bad = { retentionMs: store.retentionMs, rememberIfNew: broken(store) };
        await run({ store: bad, peer: bad, elapse });
      }),
    );
    expect(failures.some(({ status }) => status === "rejected")).toBe(true);
  });

  test.each([
    { what: "forgets too early", retentionMs: 200 },
    { what: "never forgets", retentionMs: 500_000 },
    { what: "is not shared", retentionMs: 500, apart: true },
  ])("$what", async ({ retentionMs, apart }) => {
    const failures = await Promise.allSettled(
      replayContract.map(async ({ run }) => {
        let time = 0;
        const open = () => ({
          ...replayMemory({ retentionMs, now: () => time }),
          retentionMs: 500,
        });
        const store = open();
        const elapse = async (milliseconds: number) => {
          time += milliseconds;
        };
        await run({ store, peer: apart ? open() : store, elapse });
      }),
    );
    expect(failures.some(({ status }) => status === "rejected")).toBe(true);
  });
});

describe("the memory", () => {
  test("rejects when full of live keys, and has room again once they expire", async () => {
    let time = 0;
    const store = replayMemory({ retentionMs: 100, now: () => time, maxKeys: 3 });
    expect(await store.rememberIfNew(["a", "b"])).toBe(true);
    await expect(store.rememberIfNew(["c", "d"])).rejects.toMatchObject({ code: "REPLAY_FULL" });
    expect(await store.rememberIfNew(["c"])).toBe(true);
    expect(await store.rememberIfNew(["a"])).toBe(false);
    time = 100;
    expect(await store.rememberIfNew(["d", "e", "f"])).toBe(true);
  });

  test("answers as a plain list of expiries does, whatever the times", async () => {
    const step = fc.record({
      wait: fc.nat(80),
      keys: fc.uniqueArray(fc.constantFrom<string[]>("a", "b", "c", "d"), {
        minLength: 1,
        maxLength: 3,
      }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        let time = 0;
        const store = replayMemory({ retentionMs: 100, now: () => time });
        const model: { key: string; until: number }[] = [];
        for (const { wait, keys } of steps) {
          time += wait;
          const [first, ...rest] = keys;
          const isNew = !model.some(({ key, until }) => keys.includes(key) && until > time);
          expect(await store.rememberIfNew([first ?? "a", ...rest])).toBe(isNew);
          if (isNew) model.push(...keys.map((key) => ({ key, until: time + 100 })));
        }
      }),
    );
  });
});

describe("a replay store with a fallback", () => {
  /** Two processes with a shared memory that can be taken down. */
  function processes({ failClosed = false } = {}) {
    const shared = replayMemory({ retentionMs: 500, now: () => 0 });
    const state = { isDown: false, asked: 0, now: 0 };
    const heard: boolean[] = [];
    const primary: ReplayStore = {
      retentionMs: 500,
      rememberIfNew: async (keys) => {
        state.asked += 1;
        if (state.isDown) throw new CodedError("REDIS_UNREACHABLE", "down");
        return shared.rememberIfNew(keys);
      },
    };
    const now = () => state.now;
    const start = () =>
      replayWithFallback({
        primary,
        local: replayMemory({ retentionMs: 400, now }),
        failClosed,
        now,
        retryMs: 100,
        onDegraded: (degraded) => heard.push(degraded),
      });
    return { one: start(), other: start(), state, heard };
  }

  test.each(replayContract)("keeps the contract while nothing fails: $name", async ({ run }) => {
    let time = 0;
    const now = () => time;
    const memory = replayMemory({ retentionMs: 500, now });
    const start = () =>
      replayWithFallback({
        primary: memory,
        local: replayMemory({ retentionMs: 500, now }),
        now,
        onDegraded: () => undefined,
      });
    const elapse = async (milliseconds: number) => {
      time += milliseconds;
    };
    await run({ store: start(), peer: start(), elapse });
  });

  test("promises no more than the shorter memory keeps", () => {
    expect(processes().one.retentionMs).toBe(400);
  });

  test("lets nothing pass twice in one process, before, in and after an outage", async () => {
    const { one, state, heard } = processes();
    expect(await one.rememberIfNew(["before"])).toBe(true);
    state.isDown = true;
    expect(await one.rememberIfNew(["before"])).toBe(false);
    expect(await one.rememberIfNew(["within"])).toBe(true);
    expect(await one.rememberIfNew(["within"])).toBe(false);
    state.isDown = false;
    state.now = 150;
    expect(await one.rememberIfNew(["after"])).toBe(true);
    expect(await one.rememberIfNew(["within"])).toBe(false);
    expect(heard).toEqual([true, false]);
  });

  test("asks a store that is out no more than once in a while", async () => {
    const { one, state } = processes();
    state.isDown = true;
    for (let n = 0; n < 20; n += 1) await one.rememberIfNew([`k${n}`]);
    expect(state.asked).toBe(1);
    state.now = 100;
    for (let n = 20; n < 40; n += 1) await one.rememberIfNew([`k${n}`]);
    expect(state.asked).toBe(2);
  });

  test("lets nobody in during an outage where it fails closed, and everybody after it", async () => {
    const { one, other, state } = processes({ failClosed: true });
    state.isDown = true;
    for (const key of ["a", "b"]) {
      await expect(one.rememberIfNew([key])).rejects.toMatchObject({ code: "REPLAY_OUTAGE" });
    }
    state.isDown = false;
    state.now = 100;
    expect(await one.rememberIfNew(["c"])).toBe(true);
    expect(await other.rememberIfNew(["c"])).toBe(false);
  });
});
