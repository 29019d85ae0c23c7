import { type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { freeBalance } from "../../src/pallets/balances/accounts.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { hotkeyCalls } from "../../src/pallets/subtensor/hotkeys.ts";
import { identityCalls } from "../../src/pallets/subtensor/identity.ts";
import { addStake, stakeOf } from "../../src/pallets/subtensor/shares.ts";
import { subnetAccount } from "../../src/pallets/subtensor/system-account.ts";
import { account, signed } from "../context.ts";
import { fund, TAO } from "./funds.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { limits, networks, neurons, stakes, weights } from "./storage.ts";
import { addSubnet, chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

const swap = callNamed(hotkeyCalls, "swap_hotkey");
const swapKeeping = callNamed(hotkeyCalls, "swap_hotkey_v2");
const associate = callNamed(hotkeyCalls, "try_associate_hotkey");
const autoStake = callNamed(hotkeyCalls, "set_coldkey_auto_stake_hotkey");
const identity = callNamed(identityCalls, "set_identity");
const subnetIdentity = callNamed(identityCalls, "set_subnet_identity");

const OWNER = coldkey(0);
const NEW = account(0x77);

interface Swap {
  hotkey: Hex;
  new_hotkey: Hex;
  netuid: number | undefined;
}

describe("swapping a hotkey", () => {
  const hopeless = (): Attempt<Swap> => {
    const chain = chainWithSubnet();
    const { state } = chain;
    limits.LastTxBlock.set(state, [OWNER], 500n);
    limits.LastHotkeySwapOnNetuid.set(state, [NETUID, OWNER], 500n);
    stakes.Owner.set(state, [NEW], account(0xee));
    neurons.Uids.set(state, [NETUID, NEW], 9);
    const args = { hotkey: hotkey(0), new_hotkey: hotkey(0), netuid: 8 };
    return { chain, origin: signed(account(99)), args };
  };
  testRefusals<Swap>(swap, hopeless, [
    ["the signer does not own it", "NonAssociatedColdKey", from(signed(OWNER))],
    [
      "the coldkey did something a thousand blocks ago",
      "HotKeySetTxRateLimitExceeded",
      atBlock(1_501),
    ],
    [
      "the new one is the old one",
      "NewHotKeyIsSameWithOld",
      withArgs({ new_hotkey: subnetAccount(1) }),
    ],
    [
      "the new one is an account of the pallet",
      "CannotUseSystemAccount",
      withArgs({ new_hotkey: NEW }),
    ],
    [
      "the new one is somebody else's",
      "NonAssociatedColdKey",
      ({ chain }) => stakes.Owner.set(chain.state, [NEW], OWNER),
    ],
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: NETUID })],
    [
      "the new one has a uid there",
      "HotKeyAlreadyRegisteredInSubNet",
      ({ chain }) => neurons.Uids.remove(chain.state, NETUID, NEW),
    ],
    [
      "the coldkey cannot pay",
      "NotEnoughBalanceToPaySwapHotKey",
      ({ chain }) => fund(chain, OWNER, TAO),
    ],
    [
      "the subnet saw a swap a thousand blocks ago",
      "HotKeySwapOnSubnetIntervalNotPassed",
      atBlock(7_700),
    ],
  ]);

  function swapped(netuid: number | undefined, keep?: boolean) {
    const chain = chainWithSubnet();
    addSubnet(chain, { netuid: 9 });
    const { state } = chain;
    fund(chain, OWNER, TAO);
    networks.SubnetOwnerHotkey.set(state, [NETUID], hotkey(0));
    stakes.OwnedHotkeys.set(state, [OWNER], [hotkey(0)]);
    weights.WeightCommits.set(state, [NETUID, hotkey(0)], [[NEW, 1n, 2n, 0n]]);
    weights.TimelockedWeightCommits.set(
      state,
      [NETUID, 3n],
      [
        [hotkey(1), 1n, new Uint8Array(1), 1n],
        [hotkey(0), 1n, new Uint8Array(1), 1n],
      ],
    );
    stakes.ChildKeys.set(state, [hotkey(0), NETUID], [[5n, hotkey(1)]]);
    stakes.ParentKeys.set(state, [hotkey(1), NETUID], [[5n, hotkey(0)]]);
    const info = { block: 1n, version: 1, ip: 1n, port: 1, ip_type: 4 };
    neurons.Prometheus.set(state, [NETUID, hotkey(0)], info);
    addStake(state, { hotkey: hotkey(0), coldkey: OWNER, netuid: NETUID }, 700n);
    addStake(state, { hotkey: hotkey(0), coldkey: coldkey(1), netuid: NETUID }, 300n);
    const args = { hotkey: hotkey(0), new_hotkey: NEW, netuid };
    const outcome =
      keep === undefined
        ? chain.call(swap, signed(OWNER), args)
        : chain.call(swapKeeping, signed(OWNER), { ...args, keep_stake: keep });
    expect(outcome).toBe("ok");
    return chain;
  }

  it("on one subnet moves the neuron and all that belongs to it", () => {
    const chain = swapped(NETUID);
    const { state } = chain;
    expect(neurons.Uids.get(state, NETUID, NEW)).toBe(0);
    expect(neurons.Uids.has(state, NETUID, hotkey(0))).toBe(false);
    expect(neurons.Keys.get(state, NETUID, 0)).toBe(NEW);
    expect(neurons.Prometheus.has(state, NETUID, NEW)).toBe(true);
    expect(networks.SubnetOwnerHotkey.get(state, NETUID)).toBe(NEW);
    expect(weights.WeightCommits.has(state, NETUID, NEW)).toBe(true);
    const committers = weights.TimelockedWeightCommits.get(state, NETUID, 3n).map(([who]) => who);
    expect(committers).toEqual([hotkey(1), NEW]);
    expect(stakes.ChildKeys.get(state, NEW, NETUID)).toEqual([[5n, hotkey(1)]]);
    expect(stakes.ParentKeys.get(state, hotkey(1), NETUID)).toEqual([[5n, NEW]]);
    expect(stakeOf(state, { hotkey: NEW, coldkey: OWNER, netuid: NETUID })).toBe(700n);
    expect(stakeOf(state, { hotkey: NEW, coldkey: coldkey(1), netuid: NETUID })).toBe(300n);
    expect(neurons.Uids.get(state, 9, hotkey(0))).toBe(0);
    expect(freeBalance(state, OWNER)).toBe(TAO - 1_000_000n);
    const keys = { coldkey: OWNER, old_hotkey: hotkey(0), new_hotkey: NEW };
    const told = events.HotkeySwappedOnSubnet({ ...keys, netuid: NETUID });
    expect(chain.takeEvents().at(-1)).toBe(toHex(told));
  });

  it("everywhere moves every neuron and forgets the old hotkey", () => {
    const chain = swapped(undefined);
    const { state } = chain;
    expect(neurons.Uids.get(state, NETUID, NEW)).toBe(0);
    expect(neurons.Uids.get(state, 9, NEW)).toBe(0);
    expect(stakes.Owner.has(state, hotkey(0))).toBe(false);
    expect(stakes.OwnedHotkeys.get(state, OWNER)).toEqual([NEW]);
    expect(freeBalance(state, OWNER)).toBe(TAO - 100_000_000n);
    const keys = { coldkey: OWNER, old_hotkey: hotkey(0), new_hotkey: NEW };
    expect(chain.takeEvents().at(-1)).toBe(toHex(events.HotkeySwapped(keys)));
  });

  it("may leave the stake where it is", () => {
    const { state } = swapped(NETUID, true);
    expect(stakeOf(state, { hotkey: hotkey(0), coldkey: OWNER, netuid: NETUID })).toBe(700n);
    expect(neurons.Uids.get(state, NETUID, NEW)).toBe(0);
  });
});

describe("whose a hotkey is", () => {
  it("is said once and not disputed", () => {
    const chain = chainWithSubnet();
    const say = (who: Hex, hotkeyOf: Hex) =>
      chain.call(associate, signed(who), { hotkey: hotkeyOf });
    expect(say(OWNER, NEW)).toBe("ok");
    expect(say(coldkey(1), NEW)).toBe("ok");
    expect(stakes.Owner.get(chain.state, NEW)).toBe(OWNER);
    expect(say(OWNER, subnetAccount(3))).toBe("CannotUseSystemAccount");
  });
});

describe("the destination of automatic stake", () => {
  it("is a hotkey of the subnet, and another than before", () => {
    const chain = chainWithSubnet();
    const { state } = chain;
    const set = (netuid: number, who: Hex) =>
      chain.call(autoStake, signed(OWNER), { netuid, hotkey: who });
    expect(set(8, hotkey(1))).toBe("SubnetNotExists");
    expect(set(NETUID, NEW)).toBe("HotKeyNotRegisteredInSubNet");
    expect(set(NETUID, hotkey(1))).toBe("ok");
    expect(set(NETUID, hotkey(1))).toBe("SameAutoStakeHotkeyAlreadySet");
    expect(set(NETUID, hotkey(2))).toBe("ok");
    expect(stakes.AutoStakeDestination.get(state, OWNER, NETUID)).toBe(hotkey(2));
    expect(stakes.AutoStakeDestinationColdkeys.get(state, hotkey(1), NETUID)).toEqual([]);
    expect(stakes.AutoStakeDestinationColdkeys.get(state, hotkey(2), NETUID)).toEqual([OWNER]);
  });
});

describe("an identity", () => {
  const none = new Uint8Array();
  const person = {
    name: new TextEncoder().encode("alice"),
    url: none,
    github_repo: none,
    image: none,
    discord: none,
    description: none,
    additional: none,
  };
  const subnet = {
    netuid: NETUID,
    subnet_name: new TextEncoder().encode("proofs"),
    github_repo: none,
    subnet_contact: none,
    subnet_url: none,
    discord: none,
    description: none,
    logo_url: none,
    additional: none,
  };

  it("is for coldkeys that have a neuron", () => {
    const chain = chainWithSubnet();
    expect(chain.call(identity, signed(OWNER), person)).toBe("HotKeyNotRegisteredInNetwork");
    stakes.OwnedHotkeys.set(chain.state, [OWNER], [hotkey(0)]);
    expect(chain.call(identity, signed(OWNER), person)).toBe("ok");
    expect(limits.IdentitiesV2.get(chain.state, OWNER)).toEqual(person);
    const long = { ...person, name: new Uint8Array(257) };
    expect(chain.call(identity, signed(OWNER), long)).toBe("InvalidIdentity");
  });

  it("of a subnet is for its owner", () => {
    const chain = chainWithSubnet();
    networks.SubnetOwner.set(chain.state, [NETUID], OWNER);
    expect(chain.call(subnetIdentity, signed(account(99)), subnet)).toBe("NotSubnetOwner");
    expect(chain.call(subnetIdentity, signed(OWNER), subnet)).toBe("ok");
    const { netuid: _, ...stored } = subnet;
    expect(networks.SubnetIdentitiesV3.get(chain.state, NETUID)).toEqual(stored);
    expect(chain.takeEvents()).toEqual([toHex(events.SubnetIdentitySet(NETUID))]);
  });
});
