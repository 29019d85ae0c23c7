import type { Hex } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { State } from "../../src/state/state.ts";

const item = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const key = (n: number, suffix: number): Hex => `${item(n)}${suffix.toString(16).padStart(4, "0")}`;
const bytes = (...values: number[]) => Uint8Array.from(values);

describe("State", () => {
  it("reads every closed block as it was", () => {
    const state = new State();
    state.set(key(1, 1), bytes(1));
    state.commit(0);
    state.set(key(1, 1), bytes(2));
    state.set(key(1, 2), bytes(3));
    state.commit(1);
    state.delete(key(1, 1));
    state.commit(2);
    expect(state.at(0).keys(item(1))).toEqual([key(1, 1)]);
    expect(state.at(1).get(key(1, 1))).toEqual(bytes(2));
    expect(state.at(2).get(key(1, 1))).toBeUndefined();
    expect(state.at(2).keys(item(1))).toEqual([key(1, 2)]);
    expect(state.keys("0x")).toEqual([key(1, 2)]);
  });

  it("undoes exactly what a failed unit wrote, and keeps what stood before it", () => {
    const state = new State();
    state.set(key(1, 1), bytes(1));
    expect(() =>
      state.transact(() => {
        state.set(key(1, 1), bytes(2));
        state.transact(() => state.set(key(1, 2), bytes(2)));
        throw new Error("refused");
      }),
    ).toThrow("refused");
    expect(state.get(key(1, 1))).toEqual(bytes(1));
    expect(state.get(key(1, 2))).toBeUndefined();
  });

  it("reports as changed only what differs after the block", () => {
    const state = new State();
    state.set(key(1, 1), bytes(1));
    state.commit(0);
    state.set(key(1, 1), bytes(2));
    state.set(key(1, 1), bytes(1));
    state.set(key(1, 2), bytes(9));
    state.delete(key(1, 2));
    expect(state.commit(1)).toEqual([]);
  });

  it("returns to an earlier block as if the later ones had never been", () => {
    const write = fc.tuple(fc.nat(3), fc.nat(3), fc.option(fc.nat(255)));
    const blocks = fc.array(fc.array(write, { maxLength: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(blocks, fc.nat(7), (content, cut) => {
        const apply = (state: State, upTo: number) =>
          content.slice(0, upTo + 1).forEach((writes, height) => {
            for (const [n, suffix, value] of writes)
              if (value === null) state.delete(key(n, suffix));
              else state.set(key(n, suffix), bytes(value));
            state.commit(height);
          });
        const height = Math.min(cut, content.length - 1);
        const rewound = new State();
        apply(rewound, content.length - 1);
        rewound.rewind(height);
        const fresh = new State();
        apply(fresh, height);
        expect(rewound.root()).toBe(fresh.root());
        expect(rewound.keys("0x")).toEqual(fresh.keys("0x"));
        for (const k of fresh.keys("0x")) expect(rewound.get(k)).toEqual(fresh.get(k));
      }),
    );
  });

  it("has the same root whatever the order of the writes", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(9), fc.nat(255)), {
      selector: ([n, suffix]) => `${n}:${suffix}`,
    });
    fc.assert(
      fc.property(entries, (list) => {
        const rootOf = (order: typeof list) => {
          const state = new State();
          for (const [n, suffix, value] of order) state.set(key(n, suffix), bytes(value));
          state.commit(0);
          return state.root();
        };
        expect(rootOf(list)).toBe(rootOf([...list].reverse()));
      }),
    );
  });

  it("keeps what blocks above the pruned height can see", () => {
    const state = new State();
    for (let height = 0; height < 10; height += 1) {
      state.set(key(1, 1), bytes(height));
      state.commit(height);
    }
    state.prune(5);
    expect(state.at(4).get(key(1, 1))).toBeUndefined();
    expect(state.at(5).get(key(1, 1))).toEqual(bytes(5));
    expect(state.at(9).get(key(1, 1))).toEqual(bytes(9));
  });
});
