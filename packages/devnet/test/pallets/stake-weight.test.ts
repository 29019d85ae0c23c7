import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replaceChildren } from "../../src/pallets/subtensor/children.ts";
import { neuronStake, neuronStakes } from "../../src/pallets/subtensor/stake-weight.ts";
import { State } from "../../src/state/state.ts";
import { stakes } from "./storage.ts";
import { hotkey, NETUID } from "./subnet.ts";

const N = 6;
const uid = fc.nat(N - 1);
const rao = fc.bigInt({ min: 0n, max: 10n ** 16n });
const netuid = fc.constantFrom(0, NETUID, 9);
const relation = fc.record({
  parent: uid,
  child: uid,
  on: netuid,
  proportion: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});

describe("the stake of many neurons at once", () => {
  it("is the stake of each of them", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(uid, netuid, rao)),
        fc.array(relation, { maxLength: 4 }),
        (amounts, relations) => {
          const state = new State();
          for (const [who, on, amount] of amounts) {
            stakes.TotalHotkeyAlpha.set(state, [hotkey(who), on], amount);
          }
          for (const { parent, child, on, proportion } of relations) {
            replaceChildren(state, hotkey(parent), on, [[proportion, hotkey(child)]]);
          }
          const hotkeys = Array.from({ length: N }, (_, who) => hotkey(who));
          const one = hotkeys.map((who) => neuronStake(state, who, NETUID));
          expect(neuronStakes(state, hotkeys, NETUID)).toEqual(one);
        },
      ),
    ));
});
