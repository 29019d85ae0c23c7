import { type ReplayStore, replayMemory } from "@neurond/epistula";
import { replayContract } from "@neurond/epistula/replay-contract";
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
