import { type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import {
  applyPendingChildren,
  childrenCalls,
  replaceChildren,
} from "../../src/pallets/subtensor/children.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { TRANSACTION } from "../../src/pallets/subtensor/rate-limit.ts";
import type { Relatives } from "../../src/pallets/subtensor/types.ts";
import { account, signed } from "../context.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { limits, stakes } from "./storage.ts";
import { chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

const setChildren = callNamed(childrenCalls, "set_children");
const HALF = 2n ** 63n;
const parent = hotkey(0);
const child = hotkey(1);
const other = hotkey(2);

interface SetChildren {
  hotkey: Hex;
  netuid: number;
  children: Relatives;
}

describe("naming children", () => {
  const hopeless = (): Attempt<SetChildren> => {
    const chain = chainWithSubnet();
    const { state } = chain;
    const key = [parent, NETUID, TRANSACTION.SetChildren] as const;
    limits.TransactionKeyLastBlock.set(state, key, 900n);
    stakes.StakeThreshold.set(state, [], 1n);
    stakes.ParentKeys.set(state, [parent, NETUID], [[1n, child]]);
    const six = Array.from({ length: 6 }, (): [bigint, Hex] => [HALF, parent]);
    return {
      chain,
      origin: signed(account(99)),
      args: { hotkey: parent, netuid: 0, children: six },
    };
  };
  testRefusals<SetChildren>(setChildren, hopeless, [
    ["root has no children", "RegistrationNotPermittedOnRootSubnet", withArgs({ netuid: 8 })],
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: NETUID })],
    ["the signer does not own the hotkey", "NonAssociatedColdKey", from(signed(coldkey(0)))],
    ["it named children 100 blocks ago", "TxRateLimitExceeded", atBlock(1_050)],
    ["six are too many", "TooManyChildren", withArgs({ children: [[HALF, parent]] })],
    [
      "nobody is one's own child",
      "InvalidChild",
      withArgs({
        children: [
          [HALF, child],
          [HALF, child],
        ],
      }),
    ],
    [
      "they get more than there is",
      "ProportionOverflow",
      withArgs({
        children: [
          [1n, child],
          [1n, child],
        ],
      }),
    ],
    ["one is named twice", "DuplicateChild", withArgs({ children: [[1n, child]] })],
    [
      "there is no stake to hand on",
      "NotEnoughStakeToSetChildkeys",
      ({ chain }) => stakes.StakeThreshold.set(chain.state, [], 0n),
    ],
    [
      "the child is a parent",
      "ChildParentInconsistency",
      ({ chain }) => stakes.ParentKeys.remove(chain.state, parent, NETUID),
    ],
  ]);

  it("takes effect at the epoch after the waiting time", () => {
    const chain = chainWithSubnet();
    const { state } = chain;
    const children: Relatives = [[HALF, child]];
    const args = { hotkey: parent, netuid: NETUID, children };
    expect(chain.call(setChildren, signed(coldkey(0)), args)).toBe("ok");
    expect(chain.takeEvents()).toEqual([
      toHex(events.SetChildrenScheduled(parent, NETUID, 8_200n, children)),
    ]);
    chain.block = 8_199;
    applyPendingChildren(chain.as(), NETUID);
    expect(stakes.ChildKeys.get(state, parent, NETUID)).toEqual([]);
    chain.block = 8_200;
    applyPendingChildren(chain.as(), NETUID);
    expect(stakes.ChildKeys.get(state, parent, NETUID)).toEqual(children);
    expect(stakes.ParentKeys.get(state, child, NETUID)).toEqual([[HALF, parent]]);
    expect(stakes.PendingChildKeys.has(state, NETUID, parent)).toBe(false);
    expect(chain.takeEvents()).toEqual([toHex(events.SetChildren(parent, NETUID, children))]);
  });

  it("keeps both ends in step when children change", () => {
    const { state } = chainWithSubnet();
    replaceChildren(state, parent, NETUID, [
      [1n, child],
      [2n, other],
    ]);
    replaceChildren(state, parent, NETUID, [[3n, other]]);
    expect(stakes.ParentKeys.get(state, child, NETUID)).toEqual([]);
    expect(stakes.ParentKeys.get(state, other, NETUID)).toEqual([[3n, parent]]);
    replaceChildren(state, parent, NETUID, []);
    expect(stakes.ChildKeys.has(state, parent, NETUID)).toBe(false);
    expect(stakes.ParentKeys.has(state, other, NETUID)).toBe(false);
  });
});
