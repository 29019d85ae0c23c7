import { keypairFromUri } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { devAccount } from "../../src/genesis/accounts.ts";
import { writeGenesis } from "../../src/genesis/genesis.ts";
import { READY_NETUID, READY_NEURONS, readySubnet } from "../../src/genesis/presets.ts";
import { syntheticNeurons } from "../../src/genesis/synthetic.ts";
import { freeBalance, totalIssuance } from "../../src/pallets/balances/accounts.ts";
import { stakeOf } from "../../src/pallets/subtensor/shares.ts";
import { sudoKey } from "../../src/pallets/sudo.ts";
import { State } from "../../src/state/state.ts";
import { TAO } from "../pallets/funds.ts";
import { epochs, limits, networks, neurons, stakes, weights } from "../pallets/storage.ts";

function genesis(options: Parameters<typeof writeGenesis>[1]): State {
  const state = new State();
  writeGenesis(state, options);
  return state;
}

describe("block 0", () => {
  it("knows the development keys by the seed of their phrase", () =>
    expect(devAccount("//Alice")).toBe(toHex(keypairFromUri("//Alice").publicKey)));

  it("gives the development accounts what upstream gives them", () => {
    const state = genesis({ preset: "empty" });
    expect(freeBalance(state, devAccount("//Alice"))).toBe(1_000_000n * TAO);
    expect(freeBalance(state, devAccount("//Three"))).toBe(2_000n * TAO);
    expect(totalIssuance.get(state)).toBe(3_012_000n * TAO);
    expect(sudoKey.get(state)).toBe(devAccount("//Alice"));
  });

  it("gives an account named twice both amounts", () => {
    const account = devAccount("//Alice");
    const state = genesis({ preset: "empty", funded: [{ account, rao: TAO }] });
    expect(freeBalance(state, account)).toBe(1_000_001n * TAO);
    expect(totalIssuance.get(state)).toBe(3_012_001n * TAO);
  });

  it("of preset empty has root alone", () => {
    const state = genesis({ preset: "empty" });
    expect([...networks.NetworksAdded.entries(state)].map(([[netuid]]) => netuid)).toEqual([0]);
    expect(networks.TotalNetworks.get(state)).toBe(1);
    expect(epochs.Tempo.get(state, 0)).toBe(100);
    expect(neurons.MaxAllowedUids.get(state, 0)).toBe(64);
    expect(weights.MinAllowedWeights.get(state, 0)).toBe(0);
  });

  it("of preset upstream has netuid 1 with a neuron that nobody owns", () => {
    const state = genesis({ preset: "upstream" });
    const nobody = toHex(new Uint8Array(32));
    expect(networks.TotalNetworks.get(state)).toBe(2);
    expect(epochs.Tempo.get(state, 1)).toBe(100);
    expect(networks.SubnetTAO.get(state, 1)).toBe(10n * TAO);
    expect(networks.SubnetAlphaIn.get(state, 1)).toBe(10n * TAO);
    expect(neurons.SubnetworkN.get(state, 1)).toBe(1);
    expect(neurons.Keys.get(state, 1, 0)).toBe(nobody);
    expect(networks.NetworksAdded.get(state, READY_NETUID)).toBe(false);
  });

  it("is the same every time", () => {
    const rootOf = () => {
      const state = genesis({ preset: "subnet" });
      state.commit(0);
      return state.root();
    };
    expect(rootOf()).toBe(rootOf());
  });
});

describe("the ready subnet", () => {
  const state = genesis({ preset: "subnet" });

  it("has started, with neurons whose keys everybody knows", () => {
    expect(networks.SubtokenEnabled.get(state, READY_NETUID)).toBe(true);
    expect(networks.FirstEmissionBlockNumber.get(state, READY_NETUID)).toBe(1n);
    expect(neurons.SubnetworkN.get(state, READY_NETUID)).toBe(READY_NEURONS.length);
    for (const [uid, neuron] of READY_NEURONS.entries()) {
      const hotkey = devAccount(neuron.hotkey);
      const coldkey = devAccount(neuron.coldkey);
      expect(neurons.Uids.get(state, READY_NETUID, hotkey)).toBe(uid);
      expect(stakes.Owner.get(state, hotkey)).toBe(coldkey);
      const position = { hotkey, coldkey, netuid: READY_NETUID };
      expect(stakeOf(state, position)).toBe(neuron.stake * TAO);
    }
  });

  it("belongs to Alice and has no freeze window", () => {
    expect(networks.SubnetOwner.get(state, READY_NETUID)).toBe(devAccount("//Alice"));
    expect(networks.SubnetOwnerHotkey.get(state, READY_NETUID)).toBe(devAccount("//Owner"));
    expect(limits.AdminFreezeWindow.get(state)).toBe(0);
  });

  it("can be given another tempo, other neurons and no start", () => {
    const changed = readySubnet({ tempo: 7, started: false, commitReveal: true, neurons: [] });
    const other = genesis({ preset: "subnet", subnets: [changed] });
    expect(epochs.Tempo.get(other, READY_NETUID)).toBe(7);
    expect(networks.SubtokenEnabled.get(other, READY_NETUID)).toBe(false);
    expect(weights.CommitRevealWeightsEnabled.get(other, READY_NETUID)).toBe(true);
    expect(neurons.SubnetworkN.get(other, READY_NETUID)).toBe(0);
  });
});

describe("a crowd", () => {
  const crowd = syntheticNeurons({ count: 12, validators: 3 });

  it("has other hotkeys for every uid and every seed, the same for the same seed", () => {
    const other = syntheticNeurons({ count: 12, validators: 3, seed: "other" });
    expect(new Set([...crowd, ...other].map(({ hotkey }) => hotkey)).size).toBe(24);
    expect(syntheticNeurons({ count: 12, validators: 3 })).toEqual(crowd);
  });

  it("has validators who have judged all miners", () => {
    const [first, , , miner] = crowd;
    expect(first?.weights?.map(([uid]) => uid)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(first?.weights?.[0]).toEqual([3, 65_535]);
    expect(miner?.stakeRao).toBeUndefined();
    expect(miner?.weights).toBeUndefined();
  });

  it("can be larger than a subnet may grow", () => {
    const neuronsOf = syntheticNeurons({ count: 300, validators: 2 });
    const state = genesis({ preset: "subnet", subnets: [readySubnet({ neurons: neuronsOf })] });
    expect(neurons.SubnetworkN.get(state, READY_NETUID)).toBe(300);
    expect(neurons.MaxAllowedUids.get(state, READY_NETUID)).toBe(300);
  });
});
