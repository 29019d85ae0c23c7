import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { freeBalance } from "../../src/pallets/balances/accounts.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { registrationCalls } from "../../src/pallets/subtensor/registration.ts";
import { subnetAccount } from "../../src/pallets/subtensor/system-account.ts";
import { pairRow } from "../../src/yuma/pair-row.ts";
import { account, signed, type TestChain } from "../context.ts";
import { fund, TAO } from "./funds.ts";
import { type Attempt, callNamed, testRefusals, withArgs } from "./refusals.ts";
import { networks, neurons, registration, stakes, weights } from "./storage.ts";
import { chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

const NEWCOMER = account(0x77);
const PAYER = account(0xb7);
const burned = callNamed(registrationCalls, "burned_register");
const limited = callNamed(registrationCalls, "register_limit");
const worked = callNamed(registrationCalls, "register");

interface Register {
  netuid: number;
  hotkey: `0x${string}`;
}

function hopeless(): Attempt<Register> {
  const chain = chainWithSubnet();
  const { state } = chain;
  registration.NetworkRegistrationAllowed.set(state, [NETUID], false);
  neurons.MaxAllowedUids.set(state, [NETUID], 0);
  stakes.Owner.set(state, [NEWCOMER], account(0xee));
  return { chain, origin: signed(PAYER), args: { netuid: 0, hotkey: hotkey(0) } };
}

const register = (chain: TestChain, who = NEWCOMER): string =>
  chain.call(burned, signed(PAYER), { netuid: NETUID, hotkey: who });

function readyToPay(options: Parameters<typeof chainWithSubnet>[0] = {}): TestChain {
  const chain = chainWithSubnet(options);
  fund(chain, PAYER, 10n * TAO);
  return chain;
}

describe("registering a neuron", () => {
  testRefusals<Register>(burned, hopeless, [
    ["root seats are not bought", "RegistrationNotPermittedOnRootSubnet", withArgs({ netuid: 8 })],
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: NETUID })],
    [
      "the subnet takes nobody",
      "SubNetRegistrationDisabled",
      ({ chain }) => registration.NetworkRegistrationAllowed.set(chain.state, [NETUID], true),
    ],
    [
      "the hotkey has a uid already",
      "HotKeyAlreadyRegisteredInSubNet",
      withArgs({ hotkey: subnetAccount(NETUID) }),
    ],
    ["the coldkey cannot pay", "NotEnoughBalanceToStake", ({ chain }) => fund(chain, PAYER, TAO)],
    [
      "the hotkey is an account of the pallet",
      "CannotUseSystemAccount",
      withArgs({ hotkey: NEWCOMER }),
    ],
    [
      "the hotkey is somebody else's",
      "NonAssociatedColdKey",
      ({ chain }) => stakes.Owner.set(chain.state, [NEWCOMER], PAYER),
    ],
    [
      "the subnet has no places",
      "NoNeuronIdAvailable",
      ({ chain }) => neurons.MaxAllowedUids.set(chain.state, [NETUID], 256),
    ],
  ]);

  it("needs the price and the existential deposit, not a rao more", () => {
    const chain = chainWithSubnet();
    const burn = registration.Burn.get(chain.state, NETUID);
    fund(chain, PAYER, burn + 499n);
    expect(register(chain)).toBe("NotEnoughBalanceToStake");
    fund(chain, PAYER, burn + 500n);
    expect(register(chain)).toBe("ok");
    expect(freeBalance(chain.state, PAYER)).toBe(500n);
  });

  it("judges the price that a caller will pay before anything else", () => {
    const chain = readyToPay();
    const args = { netuid: 0, hotkey: NEWCOMER, limit_price: 99_999_999n };
    expect(chain.call(limited, signed(PAYER), args)).toBe("RegistrationPriceLimitExceeded");
    const enough = { ...args, netuid: NETUID, limit_price: 100_000_000n };
    expect(chain.call(limited, signed(PAYER), enough)).toBe("ok");
  });

  it("ignores the work of the call that once asked for it", () => {
    const chain = readyToPay();
    const work = { block_number: 0n, nonce: 0n, work: new Uint8Array(), coldkey: account(0xcc) };
    const args = { netuid: NETUID, hotkey: NEWCOMER, ...work };
    expect(chain.call(worked, signed(PAYER), args)).toBe("ok");
    expect(stakes.Owner.get(chain.state, NEWCOMER)).toBe(PAYER);
  });

  it("appends a neuron that nobody has judged yet", () => {
    const chain = readyToPay({ n: 3, mechanisms: 2 });
    const { state } = chain;
    expect(register(chain)).toBe("ok");
    expect(neurons.Uids.get(state, NETUID, NEWCOMER)).toBe(3);
    expect(neurons.Keys.get(state, NETUID, 3)).toBe(NEWCOMER);
    expect(neurons.SubnetworkN.get(state, NETUID)).toBe(4);
    expect(neurons.BlockAtRegistration.get(state, NETUID, 3)).toBe(1_000n);
    expect(neurons.IsNetworkMember.get(state, NEWCOMER, NETUID)).toBe(true);
    expect(neurons.Active.get(state, NETUID)[3]).toBe(true);
    expect(neurons.ValidatorPermit.get(state, NETUID)[3]).toBe(false);
    expect(neurons.Emission.get(state, NETUID)[3]).toBe(0n);
    for (const index of [NETUID, 4_096 + NETUID]) {
      expect(neurons.LastUpdate.get(state, index)[3]).toBe(1_000n);
      expect(neurons.Incentive.get(state, index)[3]).toBe(0);
    }
    expect(stakes.OwnedHotkeys.get(state, PAYER)).toEqual([NEWCOMER]);
    expect(stakes.StakingHotkeys.get(state, PAYER)).toEqual([NEWCOMER]);
    expect(chain.takeEvents().at(-1)).toBe(toHex(events.NeuronRegistered(NETUID, 3, NEWCOMER)));
  });

  it("makes the next registration dearer by the multiplier, up to the most it may cost", () => {
    const chain = readyToPay();
    register(chain);
    const raised = (100_000_000n * 0x1_428f_5c28_f5c2_9000n) >> 64n;
    expect(registration.Burn.get(chain.state, NETUID)).toBe(raised);
    expect(raised).toBe(126_000_000n);
    registration.MaxBurn.set(chain.state, [NETUID], 130_000_000n);
    register(chain, account(0x78));
    expect(registration.Burn.get(chain.state, NETUID)).toBe(130_000_000n);
  });

  it("buys alpha with the price and burns it", () => {
    const chain = readyToPay();
    const { state } = chain;
    networks.SubnetMechanism.set(state, [NETUID], 1);
    networks.SubnetTAO.set(state, [NETUID], 10n * TAO);
    networks.SubnetAlphaIn.set(state, [NETUID], 10n * TAO);
    networks.SubnetAlphaOut.set(state, [NETUID], 5n * TAO);
    register(chain);
    expect(networks.SubnetTAO.get(state, NETUID)).toBe(10n * TAO + 100_000_000n);
    expect(networks.SubnetAlphaIn.get(state, NETUID) < 10n * TAO).toBe(true);
    expect(networks.SubnetAlphaOut.get(state, NETUID)).toBe(5n * TAO);
    expect(registration.RAORecycledForRegistration.get(state, NETUID)).toBe(100_000_000n);
  });
});

describe("taking over a uid", () => {
  function fullSubnet(): TestChain {
    const chain = readyToPay({ n: 3, validators: 1 });
    const { state } = chain;
    neurons.MaxAllowedUids.set(state, [NETUID], 3);
    neurons.ImmunityPeriod.set(state, [NETUID], 100);
    neurons.Emission.set(state, [NETUID], [50n, 10n, 20n]);
    neurons.Consensus.set(state, [NETUID], [1, 2, 3]);
    neurons.Incentive.set(state, [NETUID], [1, 2, 3]);
    neurons.Dividends.set(state, [NETUID], [1, 2, 3]);
    neurons.ValidatorTrust.set(state, [NETUID], [1, 2, 3]);
    neurons.ValidatorPermit.set(state, [NETUID], [true, true, false]);
    neurons.StakeWeight.set(state, [NETUID], [9, 9]);
    neurons.IsNetworkMember.set(state, [hotkey(1), NETUID], true);
    weights.Weights.set(
      state,
      [NETUID, 0],
      pairRow([
        [1, 65_535],
        [2, 7],
      ]),
    );
    weights.Weights.set(state, [NETUID, 1], pairRow([[0, 1]]));
    weights.Bonds.set(state, [NETUID, 1], pairRow([[0, 1]]));
    return chain;
  }

  it("replaces the neuron that earned least and leaves nothing of its standing", () => {
    const chain = fullSubnet();
    const { state } = chain;
    const info = { block: 1n, version: 1, ip: 1n, port: 1, ip_type: 4 };
    const axon = { ...info, protocol: 4, placeholder1: 0, placeholder2: 0 };
    neurons.Axons.set(state, [NETUID, hotkey(1)], axon);
    neurons.Prometheus.set(state, [NETUID, hotkey(1)], info);
    const certificate = { public_key: new Uint8Array(1), algorithm: 1 };
    neurons.NeuronCertificates.set(state, [NETUID, hotkey(1)], certificate);

    expect(register(chain)).toBe("ok");
    expect(neurons.Keys.get(state, NETUID, 1)).toBe(NEWCOMER);
    expect(neurons.Uids.get(state, NETUID, hotkey(1))).toBeUndefined();
    expect(neurons.IsNetworkMember.get(state, hotkey(1), NETUID)).toBe(false);
    for (const item of [neurons.Axons, neurons.Prometheus, neurons.NeuronCertificates]) {
      expect(item.has(state, NETUID, hotkey(1))).toBe(false);
    }
    expect(neurons.SubnetworkN.get(state, NETUID)).toBe(3);
    expect(neurons.Emission.get(state, NETUID)).toEqual([50n, 0n, 20n]);
    expect(neurons.ValidatorPermit.get(state, NETUID)).toEqual([true, false, false]);
    for (const item of [neurons.Consensus, neurons.Incentive, neurons.Dividends]) {
      expect(item.get(state, NETUID)).toEqual([1, 0, 3]);
    }
    expect(neurons.StakeWeight.get(state, NETUID)).toEqual([9, 0]);
    expect(neurons.LastUpdate.get(state, NETUID)[1]).toBe(1_000n);
    expect(weights.Weights.has(state, NETUID, 1)).toBe(false);
    expect(weights.Bonds.has(state, NETUID, 1)).toBe(false);
  });

  it("keeps others' weights towards the uid, worth nothing", () => {
    const chain = fullSubnet();
    register(chain);
    const row = weights.Weights.get(chain.state, NETUID, 0);
    expect([...row]).toEqual([1, 0, 2, 7]);
  });

  it("says nothing of the neuron that left", () => {
    const chain = fullSubnet();
    register(chain);
    const [, ...told] = chain.takeEvents();
    // The first is the payer's withdrawal.
    expect(told).toEqual([toHex(events.NeuronRegistered(NETUID, 1, NEWCOMER))]);
  });

  it("leaves the old neuron its owner, who may register it again", () => {
    const chain = fullSubnet();
    register(chain);
    expect(stakes.Owner.get(chain.state, hotkey(1))).toBe(coldkey(1));
  });
});
