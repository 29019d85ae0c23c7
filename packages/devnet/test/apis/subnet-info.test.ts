import { describe, expect, it } from "vitest";
import { devAccount } from "../../src/genesis/accounts.ts";
import { READY_NETUID, READY_NEURONS } from "../../src/genesis/presets.ts";
import { NETWORK_LAST_REGISTERED } from "../../src/pallets/subtensor/lock-cost.ts";
import { subnetAccount } from "../../src/pallets/subtensor/system-account.ts";
import { TAO } from "../pallets/funds.ts";
import { epochs, limits, networks, neurons, stakes, weights } from "../pallets/storage.ts";
import { ask, viewOfReadySubnet } from "./view.ts";

const netuid = READY_NETUID;
const utf8 = new TextDecoder();

describe("hyperparameters", () => {
  it("come in their first form", () =>
    expect(ask(viewOfReadySubnet(), "get_subnet_hyperparams", { netuid })).toMatchObject({
      tempo: 20,
      kappa: 32_767,
      weights_rate_limit: 10n,
      commit_reveal_weights_enabled: false,
      activity_cutoff: 277n,
      alpha_low: 45_875,
      alpha_high: 58_982,
    }));

  it("say in their second form which Yuma runs and how steep the sigmoid is", () => {
    const view = viewOfReadySubnet();
    epochs.AlphaSigmoidSteepness.set(view.state, [netuid], -2);
    const answer = ask(view, "get_subnet_hyperparams_v2", { netuid });
    const alpha_sigmoid_steepness = { bits: -2n * 2n ** 32n };
    const expected = { yuma_version: 3, subnet_is_active: true, alpha_sigmoid_steepness };
    expect(answer).toMatchObject(expected);
  });

  it("can be looked up by name in their third form", () => {
    const view = viewOfReadySubnet();
    const entries = ask(view, "get_subnet_hyperparams_v3", { netuid }) as {
      name: Uint8Array;
      value: unknown;
    }[];
    const byName = new Map(entries.map(({ name, value }) => [utf8.decode(name), value]));
    expect(byName.size).toBe(entries.length);
    expect(byName.get("tempo")).toEqual({ tag: "U16", value: 20 });
    expect(byName.get("activity_cutoff_factor")).toEqual({ tag: "U32", value: 13_889 });
    expect(byName.get("min_burn")).toEqual({ tag: "TaoBalance", value: 500_000n });
    const mult = { bits: 0x1_428f_5c28_f5c2_9000n };
    expect(byName.get("burn_increase_mult")).toEqual({ tag: "U64F64", value: mult });
    expect([...byName.keys()].slice(0, 4)).toEqual([
      "kappa",
      "immunity_period",
      "min_allowed_weights",
      "max_weights_limit",
    ]);
  });

  it.each(["", "_v2", "_v3"])("%s of a missing subnet are none", (version) => {
    const answer = ask(viewOfReadySubnet(), `get_subnet_hyperparams${version}`, { netuid: 9 });
    expect(answer).toBeUndefined();
  });
});

describe("summaries of a subnet", () => {
  it("tell its owner and its size", () => {
    const expected = { netuid, subnetwork_n: 8, owner: devAccount("//Alice"), network_connect: [] };
    const view = viewOfReadySubnet();
    expect(ask(view, "get_subnet_info", { netuid })).toMatchObject(expected);
    expect(ask(view, "get_subnet_info_v2", { netuid })).toMatchObject(expected);
    expect(ask(view, "get_subnets_info")).toHaveLength(3);
    expect(ask(view, "get_subnets_info_v2")).toHaveLength(3);
  });

  it("tell its pool and what its token is called", () => {
    const view = viewOfReadySubnet();
    expect(ask(view, "get_dynamic_info", { netuid })).toMatchObject({
      owner_hotkey: devAccount("//Owner"),
      tao_in: 1_000n * TAO,
      alpha_in: 1_000n * TAO,
      alpha_out: 6_100n * TAO,
      token_symbol: [0xf0, 0x9d, 0x9c, 0x8f],
    });
    expect(ask(view, "get_all_dynamic_info")).toHaveLength(3);
  });

  it("tell the state of its neurons, and what they earned anywhere", () => {
    const answer = ask(viewOfReadySubnet(), "get_subnet_state", { netuid }) as {
      hotkeys: unknown[];
      emission_history: bigint[][];
    };
    expect(answer.hotkeys).toEqual(READY_NEURONS.map(({ hotkey }) => devAccount(hotkey)));
    expect(answer.emission_history).toEqual([0, 1, 2].map(() => READY_NEURONS.map(() => 0n)));
  });
});

describe("questions about a subnet", () => {
  it("when the next epoch starts", () => {
    const view = viewOfReadySubnet();
    const next = () => ask(view, "get_next_epoch_start_block", { netuid });
    expect(next()).toBe(20n);
    epochs.PendingEpochAt.set(view.state, [netuid], 7n);
    expect(next()).toBe(7n);
    epochs.Tempo.set(view.state, [netuid], 0);
    expect(next()).toBeUndefined();
    expect(ask(view, "get_next_epoch_start_block", { netuid: 9 })).toBeUndefined();
  });

  it("which account stands for it", () => {
    const view = viewOfReadySubnet();
    expect(ask(view, "get_subnet_account_id", { netuid })).toBe(subnetAccount(netuid));
    expect(subnetAccount(0x0102)).toBe(`0x6d6f646c73756274656e73720201${"00".repeat(18)}`);
    expect(ask(view, "get_subnet_account_id", { netuid: 9 })).toBeUndefined();
  });

  it("which one goes first when there are too many: the cheapest that is old enough", () => {
    const view = viewOfReadySubnet();
    expect(ask(view, "get_subnet_to_prune")).toBeUndefined();
    networks.NetworkImmunityPeriod.set(view.state, [], 5n);
    networks.SubnetMovingPrice.set(view.state, [1], { bits: 2n });
    networks.SubnetMovingPrice.set(view.state, [2], { bits: 1n });
    expect(ask(view, "get_subnet_to_prune")).toBe(2);
    networks.NetworkRegisteredAt.set(view.state, [2], 1n);
    expect(ask(view, "get_subnet_to_prune")).toBe(1);
  });

  it("what another one costs", () => {
    const view = viewOfReadySubnet();
    expect(ask(view, "get_network_registration_cost")).toBe(1_000n * TAO);
    limits.LastRateLimitedBlock.set(view.state, [NETWORK_LAST_REGISTERED], 5n);
    expect(ask(view, "get_network_registration_cost")).toBe(2_000n * TAO);
  });

  it("where a coldkey's earnings are staked", () => {
    const view = viewOfReadySubnet();
    const coldkey = devAccount("//Bob");
    const asked = () => ask(view, "get_coldkey_auto_stake_hotkey", { coldkey, netuid });
    expect(asked()).toBeUndefined();
    stakes.AutoStakeDestination.set(view.state, [coldkey, netuid], devAccount("//Miner1"));
    expect(asked()).toBe(devAccount("//Miner1"));
  });
});

describe("neurons one by one", () => {
  it("have stake, endpoints and lists of their uid", () => {
    const view = viewOfReadySubnet();
    neurons.LastUpdate.set(view.state, [netuid], [1n, 2n, 3n]);
    expect(ask(view, "get_neuron_lite", { netuid, uid: 1 })).toMatchObject({
      uid: 1,
      netuid,
      hotkey: devAccount("//Validator1"),
      stake: [[devAccount("//Bob"), 3_000n * TAO]],
      last_update: 2n,
      validator_permit: true,
      pruning_score: 65_535,
      prometheus_info: { block: 0n },
    });
    expect(ask(view, "get_neuron_lite", { netuid, uid: 5 })).toMatchObject({ last_update: 0n });
    expect(ask(view, "get_neuron_lite", { netuid, uid: 8 })).toBeUndefined();
    expect(ask(view, "get_neurons_lite", { netuid })).toHaveLength(8);
    expect(ask(view, "get_neurons_lite", { netuid: 9 })).toEqual([]);
  });

  it("have weights and bonds in their long form", () => {
    const view = viewOfReadySubnet();
    weights.Weights.set(view.state, [netuid, 1], Uint16Array.of(4, 65_535, 5, 1));
    weights.Bonds.set(view.state, [netuid, 1], Uint16Array.of(4, 9));
    const expected = {
      weights: [
        [4, 65_535],
        [5, 1],
      ],
      bonds: [[4, 9]],
    };
    expect(ask(view, "get_neuron", { netuid, uid: 1 })).toMatchObject(expected);
    expect((ask(view, "get_neurons", { netuid }) as unknown[])[1]).toMatchObject(expected);
  });
});
