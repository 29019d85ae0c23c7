import { describe, expect, it } from "vitest";
import { devAccount } from "../../src/genesis/accounts.ts";
import { READY_NETUID } from "../../src/genesis/presets.ts";
import { addStake } from "../../src/pallets/subtensor/shares.ts";
import { TAO } from "../pallets/funds.ts";
import { neurons } from "../pallets/storage.ts";
import { ask, viewOfReadySubnet } from "./view.ts";

const netuid = READY_NETUID;
const bob = devAccount("//Bob");
const charlie = devAccount("//Charlie");
const validator = devAccount("//Validator1");

describe("the stake of a coldkey", () => {
  it("is every position that is worth something", () => {
    const view = viewOfReadySubnet();
    addStake(view.state, { hotkey: validator, coldkey: bob, netuid: 0 }, 5n * TAO);
    const found = ask(view, "get_stake_info_for_coldkey", { coldkey_account: bob }) as {
      netuid: number;
      stake: bigint;
      is_registered: boolean;
    }[];
    expect(found.map((info) => [info.netuid, info.stake, info.is_registered])).toEqual([
      [0, 5n * TAO, false],
      [netuid, 3_000n * TAO, true],
      [netuid, 2_000n * TAO, true],
      [netuid, 1_000n * TAO, true],
    ]);
    const both = ask(view, "get_stake_info_for_coldkeys", { coldkey_accounts: [bob, charlie] });
    expect(both).toMatchObject([
      [bob, { length: 4 }],
      [charlie, []],
    ]);
  });

  it("behind one hotkey is there even when it is nothing", () => {
    const view = viewOfReadySubnet();
    const stakeOf = (hotkey_account: string, coldkey_account: string) =>
      ask(view, "get_stake_info_for_hotkey_coldkey_netuid", {
        hotkey_account,
        coldkey_account,
        netuid,
      });
    expect(stakeOf(validator, bob)).toMatchObject({ stake: 3_000n * TAO, locked: 0n });
    expect(stakeOf(validator, charlie)).toMatchObject({ stake: 0n });
    expect(stakeOf(charlie, charlie)).toBeUndefined();
  });

  it("is all available, in maps in order of their keys", () => {
    const view = viewOfReadySubnet();
    addStake(view.state, { hotkey: validator, coldkey: bob, netuid: 0 }, 5n * TAO);
    const available = (netuids?: number[]) =>
      ask(view, "get_stake_availability_for_coldkeys", {
        coldkey_accounts: [charlie, bob],
        netuids,
      });
    const on = (id: number, total: bigint) => [id, { total, locked: 0n, available: total }];
    // Bob's key is the lower one.
    const all = [
      [bob, [on(0, 5n * TAO), on(netuid, 6_000n * TAO)]],
      [charlie, []],
    ];
    expect(available()).toEqual(all);
    expect(available([0])).toEqual([
      [bob, [on(0, 5n * TAO)]],
      [charlie, []],
    ]);
  });
});

describe("the price of a trade", () => {
  const fee = (origin: unknown, destination: unknown, amount = 65_535n * TAO) =>
    ask(viewOfReadySubnet(), "get_stake_fee", {
      origin,
      destination,
      amount,
      origin_coldkey_account: bob,
      destination_coldkey_account: bob,
    });

  it("is 33 in 65535 of what is paid, and nothing on root or within a subnet", () => {
    expect(fee(undefined, [validator, netuid])).toBe(33n * TAO);
    expect(fee([validator, netuid], undefined)).toBe(33n * TAO);
    expect(fee([validator, netuid], [validator, 0])).toBe(33n * TAO);
    expect(fee([validator, netuid], [charlie, netuid])).toBe(0n);
    expect(fee(undefined, [validator, 0])).toBe(0n);
  });

  it("shows how far it slips", () => {
    const view = viewOfReadySubnet();
    const tao = 100n * TAO;
    const bought = ask(view, "sim_swap_tao_for_alpha", { netuid, tao }) as Record<string, bigint>;
    const paid = (tao * 33n) / 65_535n;
    expect(bought).toMatchObject({ tao_amount: tao - paid, tao_fee: paid, alpha_fee: 0n });
    const { alpha_amount = 0n, alpha_slippage = 0n } = bought;
    // At the price before the trade one TAO would be one alpha.
    expect(alpha_amount + alpha_slippage).toBe(tao - paid);
    const sold = ask(view, "sim_swap_alpha_for_tao", { netuid, alpha: tao });
    expect(sold).toMatchObject({ alpha_fee: paid, tao_amount: alpha_amount });
  });

  it("is known for every subnet", () => {
    const view = viewOfReadySubnet();
    expect(ask(view, "current_alpha_price", { netuid })).toBe(TAO);
    const prices = ask(view, "current_alpha_price_all") as { netuid: number }[];
    expect(prices.map((one) => one.netuid)).toEqual([0, 1, 2]);
  });
});

describe("a delegate", () => {
  it("is a hotkey that somebody staked to", () => {
    const view = viewOfReadySubnet();
    const get = (delegate_account: string) => ask(view, "get_delegate", { delegate_account });
    expect(get(validator)).toMatchObject({
      owner_ss58: bob,
      take: 11_796,
      nominators: [[bob, [[netuid, 3_000n * TAO]]]],
      registrations: [netuid],
      validator_permits: [netuid],
      total_daily_return: 0n,
    });
    expect(get(devAccount("//Miner1"))).toBeUndefined();
    expect(ask(view, "get_delegates")).toHaveLength(4);
  });

  it("returns what its last epoch would bring in a day, less its take", () => {
    const view = viewOfReadySubnet();
    neurons.Emission.set(view.state, [netuid], [0n, 1_000n]);
    const daily = (1_000n * 7_200n) / 20n;
    const shared = (daily * (65_535n - 11_796n)) / 65_535n;
    expect(ask(view, "get_delegate", { delegate_account: validator })).toMatchObject({
      total_daily_return: daily,
      return_per_1000: (shared * 1_000n) / 3_000n,
    });
  });

  it("is found by those who staked to it", () => {
    const view = viewOfReadySubnet();
    addStake(view.state, { hotkey: validator, coldkey: charlie, netuid: 0 }, TAO);
    const delegated = ask(view, "get_delegated", { delegatee_account: charlie });
    expect(delegated).toMatchObject([[{ delegate_ss58: validator }, [0, TAO]]]);
  });
});
