import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { freeBalance } from "../../src/pallets/balances/accounts.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { NETWORK_LAST_REGISTERED, networkLockCost } from "../../src/pallets/subtensor/lock-cost.ts";
import { networkCalls } from "../../src/pallets/subtensor/networks.ts";
import { subnetAccount } from "../../src/pallets/subtensor/system-account.ts";
import { account, ROOT, signed, TestChain } from "../context.ts";
import { fund, TAO } from "./funds.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { epochs, limits, networks, neurons, registration, stakes, weights } from "./storage.ts";

const OWNER = account(0xb7);
const HOTKEY = account(0x77);
const register = callNamed(networkCalls, "register_network");
const start = callNamed(networkCalls, "start_call");

function chainAt(block: number): TestChain {
  const chain = new TestChain();
  chain.block = block;
  networks.NetworksAdded.set(chain.state, [0], true);
  return chain;
}

describe("registering a network", () => {
  const hopeless = (): Attempt<{ hotkey: `0x${string}` }> => {
    const chain = chainAt(100);
    const { state } = chain;
    stakes.Owner.set(state, [subnetAccount(1)], account(0xee));
    networks.NetworkRegistrationStartBlock.set(state, [], 200n);
    limits.LastRateLimitedBlock.set(state, [NETWORK_LAST_REGISTERED], 99n);
    networks.NetworksAdded.set(state, [1], true);
    networks.SubnetLimit.set(state, [], 1);
    return { chain, origin: signed(OWNER), args: { hotkey: subnetAccount(1) } };
  };
  testRefusals(register, hopeless, [
    [
      "the hotkey is somebody else's",
      "NonAssociatedColdKey",
      ({ chain }) => stakes.Owner.remove(chain.state, subnetAccount(1)),
    ],
    [
      "the hotkey is an account of the pallet",
      "CannotUseSystemAccount",
      withArgs({ hotkey: HOTKEY }),
    ],
    [
      "registration has not begun",
      "SubNetRegistrationDisabled",
      ({ chain }) => networks.NetworkRegistrationStartBlock.set(chain.state, [], 100n),
    ],
    ["the last network is too young", "NetworkTxRateLimitExceeded", atBlock(7_299)],
    [
      "there are as many subnets as there may be",
      "SubnetLimitReached",
      ({ chain }) => networks.SubnetLimit.set(chain.state, [], 2),
    ],
    [
      "the owner cannot pay the lock",
      "CannotAffordLockCost",
      ({ chain }) => fund(chain, OWNER, 3_000n * TAO),
    ],
  ]);

  it("gives the lowest free netuid and the values a subnet starts with", () => {
    const chain = chainAt(1_000);
    const { state } = chain;
    networks.NetworksAdded.set(state, [1], true);
    networks.NetworksAdded.set(state, [3], true);
    fund(chain, OWNER, 2_000n * TAO);
    expect(chain.call(register, signed(OWNER), { hotkey: HOTKEY })).toBe("ok");
    expect(networks.NetworksAdded.get(state, 2)).toBe(true);
    expect(networks.SubnetOwner.get(state, 2)).toBe(OWNER);
    expect(networks.SubnetOwnerHotkey.get(state, 2)).toBe(HOTKEY);
    expect(networks.NetworkRegisteredAt.get(state, 2)).toBe(1_000n);
    expect(networks.SubtokenEnabled.get(state, 2)).toBe(false);
    expect(networks.FirstEmissionBlockNumber.get(state, 2)).toBeUndefined();
    expect(epochs.Tempo.get(state, 2)).toBe(360);
    expect(epochs.LastEpochBlock.get(state, 2)).toBe(998n);
    expect(epochs.MaxAllowedValidators.get(state, 2)).toBe(64);
    expect(epochs.Yuma3On.get(state, 2)).toBe(true);
    expect(neurons.MaxAllowedUids.get(state, 2)).toBe(256);
    expect(neurons.ImmunityPeriod.get(state, 2)).toBe(5_000);
    expect(weights.MinAllowedWeights.get(state, 2)).toBe(1);
    expect(weights.CommitRevealWeightsEnabled.get(state, 2)).toBe(true);
    expect(registration.Burn.get(state, 2)).toBe(TAO);
    expect(neurons.Uids.get(state, 2, HOTKEY)).toBe(0);
    expect(freeBalance(state, OWNER)).toBe(1_000n * TAO);
    expect(chain.takeEvents().at(-1)).toBe(toHex(events.NetworkAdded(2, 1)));
  });

  it("costs the minimum at first, then twice the last price, and less with time", () => {
    const chain = chainAt(10_000);
    const { state } = chain;
    expect(networkLockCost(state, 10_000)).toBe(1_000n * TAO);
    limits.LastRateLimitedBlock.set(state, [NETWORK_LAST_REGISTERED], 10_000n);
    networks.NetworkLastLockCost.set(state, [], 1_000n * TAO);
    expect(networkLockCost(state, 10_000)).toBe(2_000n * TAO);
    expect(networkLockCost(state, 10_000 + 50_400)).toBe(1_500_000_046_400n);
    expect(networkLockCost(state, 10_000 + 200_000)).toBe(1_000n * TAO);
  });
});

describe("starting a subnet", () => {
  const hopeless = (): Attempt<{ netuid: number }> => {
    const chain = chainAt(100);
    const { state } = chain;
    networks.NetworksAdded.set(state, [5], true);
    networks.SubnetOwner.set(state, [5], OWNER);
    networks.NetworkRegisteredAt.set(state, [5], 90n);
    networks.FirstEmissionBlockNumber.set(state, [5], 50n);
    networks.StartCallDelay.set(state, [], 20n);
    return { chain, origin: signed(account(99)), args: { netuid: 4 } };
  };
  testRefusals(start, hopeless, [
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: 5 })],
    ["only the owner starts it", "BadOrigin", from(signed(OWNER))],
    [
      "it has started",
      "FirstEmissionBlockNumberAlreadySet",
      ({ chain }) => networks.FirstEmissionBlockNumber.remove(chain.state, 5),
    ],
    ["it is too young", "NeedWaitingMoreBlocksToStarCall", atBlock(110)],
  ]);

  it("lets the token trade and emission begin with the next block", () => {
    const { chain, args } = hopeless();
    networks.FirstEmissionBlockNumber.remove(chain.state, 5);
    networks.StartCallDelay.set(chain.state, [], 0n);
    args.netuid = 5;
    chain.call(start, signed(OWNER), args);
    expect(networks.FirstEmissionBlockNumber.get(chain.state, 5)).toBe(101n);
    expect(networks.SubtokenEnabled.get(chain.state, 5)).toBe(true);
    expect(chain.takeEvents()).toEqual([toHex(events.FirstEmissionBlockNumberSet(5, 101n))]);
  });

  it("is not for root", () => {
    const { chain, args } = hopeless();
    args.netuid = 5;
    expect(chain.call(start, ROOT, args)).toBe("BadOrigin");
  });
});
