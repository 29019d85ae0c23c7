import { type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { events } from "../../src/pallets/subtensor/events.ts";
import { takeCalls } from "../../src/pallets/subtensor/take.ts";
import { account, signed } from "../context.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { limits, stakes } from "./storage.ts";
import { chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

const increase = callNamed(takeCalls, "increase_take");
const decrease = callNamed(takeCalls, "decrease_take");
const childkey = callNamed(takeCalls, "set_childkey_take");
type Take = { hotkey: Hex; take: number };

describe("a hotkey's take", () => {
  const hopeless = (): Attempt<Take> => {
    const chain = chainWithSubnet();
    stakes.Delegates.set(chain.state, [hotkey(0)], 5_000);
    limits.LastTxBlockDelegateTake.set(chain.state, [hotkey(0)], 900n);
    return { chain, origin: signed(account(99)), args: { hotkey: account(98), take: 5_000 } };
  };
  testRefusals<Take>(increase, hopeless, [
    ["nobody owns the hotkey", "HotKeyAccountNotExists", withArgs({ hotkey: hotkey(0) })],
    ["somebody else owns it", "NonAssociatedColdKey", from(signed(coldkey(0)))],
    ["it is no increase", "DelegateTakeTooLow", withArgs({ take: 11_797 })],
    ["it is more than 18 %", "DelegateTakeTooHigh", withArgs({ take: 11_796 })],
    ["the last change is not a month old", "DelegateTxRateLimitExceeded", atBlock(216_900)],
  ]);

  it("falls at any pace, but not to what it is", () => {
    const { chain } = hopeless();
    const lower = (take: number) =>
      chain.call(decrease, signed(coldkey(0)), { hotkey: hotkey(0), take });
    expect(lower(4_000)).toBe("ok");
    expect(lower(4_000)).toBe("DelegateTakeTooLow");
    expect(lower(3_000)).toBe("ok");
    expect(stakes.Delegates.get(chain.state, hotkey(0))).toBe(3_000);
    const told = events.TakeDecreased(coldkey(0), hotkey(0), 3_000);
    expect(chain.takeEvents().at(-1)).toBe(toHex(told));
  });

  it("costs no fee to change", () =>
    expect([increase.paysFee, decrease.paysFee, childkey.paysFee]).toEqual([false, false, true]));
});

describe("the take from children", () => {
  it("has bounds, an owner and a pace upward", () => {
    const chain = chainWithSubnet();
    const set = (take: number, who = coldkey(0)) =>
      chain.call(childkey, signed(who), { hotkey: hotkey(0), netuid: NETUID, take });
    expect(set(11_797, account(99))).toBe("NonAssociatedColdKey");
    expect(set(11_797)).toBe("InvalidChildkeyTake");
    expect(set(1_000)).toBe("ok");
    expect(set(1_001)).toBe("TxChildkeyTakeRateLimitExceeded");
    expect(set(500)).toBe("ok");
    expect(stakes.ChildkeyTake.get(chain.state, hotkey(0), NETUID)).toBe(500);
    stakes.MinChildkeyTakePerSubnet.set(chain.state, [NETUID], 300);
    expect(set(299)).toBe("InvalidChildkeyTake");
  });
});
