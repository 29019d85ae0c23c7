import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addStake, addToHotkey, removeStake, stakeOf } from "../../src/pallets/subtensor/shares.ts";
import { State } from "../../src/state/state.ts";
import { account } from "../context.ts";
import { stakes } from "./storage.ts";

const hotkey = account(1);
const netuid = 7;
const position = (n: number) => ({ hotkey, coldkey: account(0xa0 + n), netuid });

describe("stake as shares", () => {
  it("reads back what was staked, as long as nothing was distributed", () =>
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 10n ** 16n }), { maxLength: 8 }),
        (amounts) => {
          const state = new State();
          amounts.forEach((amount, n) => {
            addStake(state, position(n), amount);
          });
          expect(amounts.map((_, n) => stakeOf(state, position(n)))).toEqual(amounts);
          const sum = amounts.reduce((total, amount) => total + amount, 0n);
          expect(stakes.TotalHotkeyAlpha.get(state, hotkey, netuid)).toBe(sum);
        },
      ),
    ));

  it("stores the amount itself as the first share", () => {
    const state = new State();
    addStake(state, position(0), 1_000_000_000n);
    const expected = { mantissa: 10n ** 21n, exponent: -12n };
    expect(stakes.AlphaV2.get(state, hotkey, position(0).coldkey, netuid)).toEqual(expected);
    expect(stakes.TotalHotkeySharesV2.get(state, hotkey, netuid)).toEqual(expected);
  });

  it("shares a distribution out by stake and changes no share", () => {
    const state = new State();
    addStake(state, position(0), 3_000n);
    addStake(state, position(1), 1_000n);
    const before = stakes.TotalHotkeySharesV2.get(state, hotkey, netuid);
    addToHotkey(state, hotkey, netuid, 400n);
    expect(stakeOf(state, position(0))).toBe(3_300n);
    expect(stakeOf(state, position(1))).toBe(1_100n);
    expect(stakes.TotalHotkeySharesV2.get(state, hotkey, netuid)).toEqual(before);
  });

  it("does not let a newcomer into what was distributed before", () => {
    const state = new State();
    addStake(state, position(0), 1_000n);
    addToHotkey(state, hotkey, netuid, 1_000n);
    addStake(state, position(1), 2_000n);
    expect(stakeOf(state, position(0))).toBe(2_000n);
    expect(stakeOf(state, position(1))).toBe(2_000n);
  });

  it("leaves no row behind when everything is taken out", () => {
    const state = new State();
    addStake(state, position(0), 5_000n);
    removeStake(state, position(0), 5_000n);
    expect(stakes.AlphaV2.has(state, hotkey, position(0).coldkey, netuid)).toBe(false);
    expect(stakes.TotalHotkeySharesV2.has(state, hotkey, netuid)).toBe(false);
    expect(stakes.TotalHotkeyAlpha.has(state, hotkey, netuid)).toBe(false);
  });

  it("takes a part out of one position only", () => {
    const state = new State();
    addStake(state, position(0), 5_000n);
    addStake(state, position(1), 7_000n);
    removeStake(state, position(0), 2_000n);
    expect(stakeOf(state, position(0))).toBe(3_000n);
    expect(stakeOf(state, position(1))).toBe(7_000n);
  });

  it("remembers which hotkeys a coldkey has staked to, once each", () => {
    const state = new State();
    addStake(state, position(0), 1n);
    addStake(state, position(0), 1n);
    expect(stakes.StakingHotkeys.get(state, position(0).coldkey)).toEqual([hotkey]);
  });
});
