import { toHex } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freeBalance } from "../../src/pallets/balances/accounts.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { alphaPrice, quoteBuy } from "../../src/pallets/subtensor/pool.ts";
import { maxBuy, maxSell } from "../../src/pallets/subtensor/price-limit.ts";
import { addStake, stakeOf } from "../../src/pallets/subtensor/shares.ts";
import { stakingCalls } from "../../src/pallets/subtensor/staking-calls.ts";
import { account, signed } from "../context.ts";
import { fund, TAO } from "./funds.ts";
import { type Attempt, callNamed, testRefusals, withArgs } from "./refusals.ts";
import { networks } from "./storage.ts";
import { chainWithSubnet, hotkey, NETUID } from "./subnet.ts";

const STAKER = account(0xb7);
const OTHER = account(0xb8);
const add = callNamed(stakingCalls, "add_stake");
const addLimit = callNamed(stakingCalls, "add_stake_limit");
const remove = callNamed(stakingCalls, "remove_stake");
const removeLimit = callNamed(stakingCalls, "remove_stake_limit");
const unstakeAll = callNamed(stakingCalls, "unstake_all");
const move = callNamed(stakingCalls, "move_stake");
const transfer = callNamed(stakingCalls, "transfer_stake");
const position = { hotkey: hotkey(0), coldkey: STAKER, netuid: NETUID };

interface AddStake {
  hotkey: `0x${string}`;
  netuid: number;
  amount_staked: bigint;
}

/** A subnet with a pool of 1000 TAO and 1000 alpha, and root. */
function market() {
  const chain = chainWithSubnet();
  const { state } = chain;
  networks.NetworksAdded.set(state, [0], true);
  networks.SubtokenEnabled.set(state, [0], true);
  networks.SubtokenEnabled.set(state, [NETUID], true);
  networks.SubnetMechanism.set(state, [NETUID], 1);
  networks.SubnetTAO.set(state, [NETUID], 1_000n * TAO);
  networks.SubnetAlphaIn.set(state, [NETUID], 1_000n * TAO);
  fund(chain, STAKER, 100n * TAO);
  return chain;
}

const buying = (amount_staked: bigint, netuid = NETUID) => ({
  hotkey: hotkey(0),
  netuid,
  amount_staked,
});
const selling = (amount_unstaked: bigint, netuid = NETUID) => ({
  hotkey: hotkey(0),
  netuid,
  amount_unstaked,
});

describe("adding stake", () => {
  const hopeless = (): Attempt<AddStake> => {
    const chain = market();
    networks.SubtokenEnabled.set(chain.state, [NETUID], false);
    networks.SubnetAlphaIn.set(chain.state, [NETUID], 1_000_000n);
    fund(chain, STAKER, 0n);
    const args = { hotkey: account(99), netuid: 8, amount_staked: 2_000_000n };
    return { chain, origin: signed(STAKER), args };
  };
  testRefusals<AddStake>(add, hopeless, [
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: NETUID })],
    [
      "its token does not trade yet",
      "SubtokenDisabled",
      ({ chain }) => networks.SubtokenEnabled.set(chain.state, [NETUID], true),
    ],
    [
      "the amount does not cover the minimum and the fee",
      "AmountTooLow",
      withArgs({ amount_staked: TAO }),
    ],
    [
      "the balance is lower",
      "NotEnoughBalanceToStake",
      ({ chain }) => fund(chain, STAKER, 2n * TAO),
    ],
    ["nobody owns the hotkey", "HotKeyAccountNotExists", withArgs({ hotkey: hotkey(0) })],
    [
      "the pool would run dry",
      "InsufficientLiquidity",
      ({ chain }) => networks.SubnetAlphaIn.set(chain.state, [NETUID], 1_000n * TAO),
    ],
  ]);

  it("buys alpha at the constant product, for 33/65535 of what is paid", () => {
    const chain = market();
    expect(chain.call(add, signed(STAKER), buying(10n * TAO))).toBe("ok");
    const fee = (10n * TAO * 33n) / 65_535n;
    const net = 10n * TAO - fee;
    const alpha = (1_000n * TAO * net) / (1_000n * TAO + net);
    expect(stakeOf(chain.state, position)).toBe(alpha);
    expect(freeBalance(chain.state, STAKER)).toBe(90n * TAO);
    expect(networks.SubnetAlphaIn.get(chain.state, NETUID)).toBe(1_000n * TAO - alpha);
    expect(networks.SubnetTAO.get(chain.state, NETUID)).toBe(1_010n * TAO);
    const added = events.StakeAdded(STAKER, hotkey(0), 10n * TAO, alpha, NETUID, fee);
    expect(chain.takeEvents().at(-1)).toBe(toHex(added));
  });

  it("stakes to root one to one, without a fee", () => {
    const chain = market();
    chain.call(add, signed(STAKER), buying(10n * TAO, 0));
    expect(stakeOf(chain.state, { ...position, netuid: 0 })).toBe(10n * TAO);
    const added = events.StakeAdded(STAKER, hotkey(0), 10n * TAO, 10n * TAO, 0, 0n);
    expect(chain.takeEvents().at(-1)).toBe(toHex(added));
  });

  it("takes the least amount on root, and not a rao less", () => {
    const chain = market();
    expect(chain.call(add, signed(STAKER), buying(1_999_999n, 0))).toBe("AmountTooLow");
    expect(chain.call(add, signed(STAKER), buying(2_000_000n, 0))).toBe("ok");
  });
});

describe("a price limit", () => {
  const limited = (limit_price: bigint, allow_partial: boolean) => ({
    ...buying(50n * TAO),
    limit_price,
    allow_partial,
  });

  it("refuses a purchase that would go past it", () => {
    const outcome = market().call(addLimit, signed(STAKER), limited(1_050_000_000n, false));
    expect(outcome).toBe("SlippageTooHigh");
  });

  it("lets a part of it through when that will do", () => {
    const chain = market();
    expect(chain.call(addLimit, signed(STAKER), limited(1_050_000_000n, true))).toBe("ok");
    const price = alphaPrice(chain.state, NETUID);
    expect(price > 1_049_000_000n && price <= 1_050_000_000n).toBe(true);
  });

  it("below the price lets nothing through", () => {
    const outcome = market().call(addLimit, signed(STAKER), limited(999_999_999n, true));
    expect(outcome).toBe("SlippageTooHigh");
  });

  it("holds for sales from the other side", () => {
    const chain = market();
    addStake(chain.state, position, 50n * TAO);
    const args = { ...selling(50n * TAO), limit_price: 950_000_000n };
    const whole = { ...args, allow_partial: false };
    expect(chain.call(removeLimit, signed(STAKER), whole)).toBe("SlippageTooHigh");
    expect(chain.call(removeLimit, signed(STAKER), { ...args, allow_partial: true })).toBe("ok");
    expect(alphaPrice(chain.state, NETUID) >= 949_000_000n).toBe(true);
    expect(stakeOf(chain.state, position) > 20n * TAO).toBe(true);
  });

  it("is the highest amount that keeps to it", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 9n, max: 10n ** 11n }), (limit) => {
        const { state } = market();
        const tao = 1_000n * TAO;
        // (tao + x)² ≤ limit·tao·alpha: x keeps to it and x + 1 does not.
        const fits = (x: bigint) => (tao + x) ** 2n <= (limit * tao * tao) / TAO;
        const most = maxBuy(state, NETUID, limit);
        expect([fits(most), fits(most + 1n)]).toEqual([true, false]);
      }),
    ));

  it("is open where the token has no price of its own", () => {
    const { state } = market();
    expect(maxBuy(state, 0, TAO)).toBe(2n ** 64n - 1n);
    expect(maxBuy(state, 0, TAO - 1n)).toBe(0n);
    expect(maxSell(state, 0, TAO)).toBe(2n ** 64n - 1n);
    expect(maxSell(state, 0, TAO + 1n)).toBe(0n);
  });
});

describe("removing stake", () => {
  function staked(alpha: bigint) {
    const chain = market();
    addStake(chain.state, position, alpha);
    return chain;
  }

  it.each<[what: string, staked: bigint, asked: bigint, outcome: string]>([
    ["nothing is there", 0n, TAO, "AmountTooLow"],
    ["nothing is asked for", TAO, 0n, "AmountTooLow"],
    ["a rest remains and the amount is tiny", TAO, 1_000n, "AmountTooLow"],
    ["more is asked for than is there", TAO, 99n * TAO, "ok"],
    ["all of a tiny stake is asked for", 1_000n, 1_000n, "ok"],
  ])("when %s", (_what, alpha, asked, outcome) =>
    expect(staked(alpha).call(remove, signed(STAKER), selling(asked))).toBe(outcome),
  );

  it("is not possible before the token trades", () => {
    const chain = staked(TAO);
    networks.SubtokenEnabled.set(chain.state, [NETUID], false);
    expect(chain.call(remove, signed(STAKER), selling(TAO))).toBe("SubtokenDisabled");
  });

  it("pays what the pool gives", () => {
    const chain = staked(10n * TAO);
    chain.call(remove, signed(STAKER), selling(10n * TAO));
    const fee = (10n * TAO * 33n) / 65_535n;
    const net = 10n * TAO - fee;
    const tao = (1_000n * TAO * net) / (1_000n * TAO + net);
    expect(freeBalance(chain.state, STAKER)).toBe(100n * TAO + tao);
    const removed = events.StakeRemoved(STAKER, hotkey(0), tao, 10n * TAO, NETUID, fee);
    expect(chain.takeEvents().at(-1)).toBe(toHex(removed));
  });

  it("never gives back more than was paid", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 3_000_000n, max: 90n * TAO }), (tao) => {
        const chain = market();
        chain.call(add, signed(STAKER), buying(tao));
        chain.call(remove, signed(STAKER), selling(2n ** 63n));
        expect(freeBalance(chain.state, STAKER) <= 100n * TAO).toBe(true);
        expect(stakeOf(chain.state, position)).toBe(0n);
      }),
      { numRuns: 30 },
    ));

  it("sells everything behind a hotkey with one call, root included", () => {
    const chain = staked(10n * TAO);
    addStake(chain.state, { ...position, netuid: 0 }, 5n * TAO);
    networks.SubnetTAO.set(chain.state, [0], 5n * TAO);
    expect(chain.call(unstakeAll, signed(STAKER), { hotkey: hotkey(0) })).toBe("ok");
    expect(stakeOf(chain.state, position)).toBe(0n);
    expect(stakeOf(chain.state, { ...position, netuid: 0 })).toBe(0n);
    const unknown = { hotkey: account(99) };
    expect(chain.call(unstakeAll, signed(STAKER), unknown)).toBe("HotKeyAccountNotExists");
  });
});

describe("moving stake", () => {
  const args = (netuids: readonly [number, number] = [NETUID, NETUID], alpha = 4n * TAO) => ({
    origin_hotkey: hotkey(0),
    destination_hotkey: hotkey(1),
    origin_netuid: netuids[0],
    destination_netuid: netuids[1],
    alpha_amount: alpha,
  });
  function staked() {
    const chain = market();
    addStake(chain.state, position, 10n * TAO);
    return chain;
  }

  it("within a subnet changes only whom it stands behind", () => {
    const chain = staked();
    expect(chain.call(move, signed(STAKER), args())).toBe("ok");
    expect(stakeOf(chain.state, position)).toBe(6n * TAO);
    expect(stakeOf(chain.state, { ...position, hotkey: hotkey(1) })).toBe(4n * TAO);
    expect(networks.SubnetTAO.get(chain.state, NETUID)).toBe(1_000n * TAO);
  });

  it("between subnets sells and buys", () => {
    const chain = staked();
    expect(chain.call(move, signed(STAKER), args([NETUID, 0]))).toBe("ok");
    const arrived = stakeOf(chain.state, { hotkey: hotkey(1), coldkey: STAKER, netuid: 0 });
    expect(arrived < 4n * TAO && arrived > 3n * TAO).toBe(true);
    const told = events.StakeMoved(STAKER, hotkey(0), NETUID, hotkey(1), 0, arrived);
    expect(chain.takeEvents().at(-1)).toBe(toHex(told));
  });

  it.each<[what: string, netuids: [number, number], alpha: bigint, outcome: string]>([
    ["a subnet is missing", [NETUID, 8], TAO, "SubnetNotExists"],
    ["there is not so much", [NETUID, NETUID], 11n * TAO, "NotEnoughStakeToWithdraw"],
    ["it is worth too little", [NETUID, NETUID], 1_000n, "AmountTooLow"],
  ])("is refused when %s", (_what, netuids, alpha, outcome) =>
    expect(staked().call(move, signed(STAKER), args(netuids, alpha))).toBe(outcome),
  );

  it("to another coldkey needs the consent of the subnet", () => {
    const chain = staked();
    const gift = {
      destination_coldkey: OTHER,
      hotkey: hotkey(0),
      origin_netuid: NETUID,
      destination_netuid: NETUID,
      alpha_amount: TAO,
    };
    networks.TransferToggle.set(chain.state, [NETUID], false);
    expect(chain.call(transfer, signed(STAKER), gift)).toBe("TransferDisallowed");
    networks.TransferToggle.set(chain.state, [NETUID], true);
    expect(chain.call(transfer, signed(STAKER), gift)).toBe("ok");
    expect(stakeOf(chain.state, { ...position, coldkey: OTHER })).toBe(TAO);
  });
});

describe("a pool", () => {
  it("asks a higher price the more is bought", () => {
    const { state } = market();
    const small = quoteBuy(state, NETUID, TAO).out;
    const large = quoteBuy(state, NETUID, 100n * TAO).out;
    expect(large < 100n * small).toBe(true);
  });
});
