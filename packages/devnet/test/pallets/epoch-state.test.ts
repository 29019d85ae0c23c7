import { describe, expect, it } from "vitest";
import { blockStep } from "../../src/pallets/subtensor/block/step.ts";
import { stakeOf } from "../../src/pallets/subtensor/shares.ts";
import { neuronStake } from "../../src/pallets/subtensor/stake-weight.ts";
import { pairRow, pairsOf } from "../../src/yuma/pair-row.ts";
import { TestChain } from "../context.ts";
import vectors from "../yuma/vectors.json" with { type: "json" };
import { emission, epochs, networks, neurons, registration, stakes, weights } from "./storage.ts";
import { addSubnet, coldkey, hotkey } from "./subnet.ts";

const NETUID = 3;
type Scenario = (typeof vectors.measured)[number];
type Epoch = Scenario["epochs"][number];
type Rows = readonly (readonly number[][])[];

const bigints = (values: readonly number[]) => values.map(BigInt);

/** The state in which the runtime found the subnet, one block before its epoch. */
function before({ params, stakeRao, registeredAt }: Scenario, { block, input }: Epoch): TestChain {
  const chain = new TestChain();
  const { state } = chain;
  const { n, tempo } = params;
  addSubnet(chain, { netuid: NETUID, n });
  weights.CommitRevealWeightsEnabled.set(state, [NETUID], false);
  epochs.Tempo.set(state, [NETUID], tempo);
  epochs.LastEpochBlock.set(state, [NETUID], BigInt(block - tempo));
  epochs.Kappa.set(state, [NETUID], params.kappa);
  epochs.BondsMovingAverage.set(state, [NETUID], BigInt(params.bondsMovingAverage));
  epochs.MaxAllowedValidators.set(state, [NETUID], params.maxAllowedValidators);
  const cutoffFactor = (params.activityCutoff * 1000) / tempo;
  epochs.ActivityCutoffFactorMilli.set(state, [NETUID], cutoffFactor);
  neurons.LastUpdate.set(state, [NETUID], bigints(input.lastUpdate));
  neurons.ValidatorPermit.set(state, [NETUID], input.validatorPermit);
  const store = (item: typeof weights.Weights, rows: Rows) =>
    rows.forEach((row, uid) => {
      const pairs = row.map(([to = 0, value = 0]) => [to, value] as const);
      if (pairs.length > 0) item.set(state, [NETUID, uid], pairRow(pairs));
    });
  store(weights.Weights, input.weights);
  store(weights.Bonds, input.bonds);
  for (let uid = 0; uid < n; uid++) {
    stakes.TotalHotkeyAlpha.set(state, [hotkey(uid), NETUID], BigInt(stakeRao[uid] ?? 0));
    neurons.BlockAtRegistration.set(state, [NETUID, uid], BigInt(registeredAt[uid] ?? 0));
  }
  chain.block = block;
  return chain;
}

describe("the storage after an epoch is what the runtime wrote", () => {
  const cases = vectors.measured.flatMap((scenario) =>
    scenario.epochs.map((epoch, i) => ({ name: scenario.name, nth: i + 1, scenario, epoch })),
  );
  it.each(cases)("$name, epoch $nth", ({ scenario, epoch }) => {
    const chain = before(scenario, epoch);
    blockStep(chain.as());
    const { state } = chain;
    const { output } = epoch;
    expect({
      active: neurons.Active.get(state, NETUID),
      stakeWeight: neurons.StakeWeight.get(state, NETUID),
      consensus: neurons.Consensus.get(state, NETUID),
      incentive: neurons.Incentive.get(state, NETUID),
      dividends: neurons.Dividends.get(state, NETUID),
      validatorTrust: neurons.ValidatorTrust.get(state, NETUID),
      permit: neurons.ValidatorPermit.get(state, NETUID),
      bonds: output.bonds.map((_, uid) => pairsOf(weights.Bonds.get(state, NETUID, uid))),
    }).toEqual({
      active: output.active,
      stakeWeight: output.stakeWeight,
      consensus: output.consensus,
      incentive: output.incentive,
      dividends: output.dividends,
      validatorTrust: output.validatorTrust,
      permit: output.validatorPermit424,
      bonds: output.bonds,
    });
  });
});

describe("what an epoch pays", () => {
  const TEMPO = 20;
  /** Validator 0 gives all its weight to miner 1. */
  function paying(): TestChain {
    const chain = new TestChain();
    const { state } = chain;
    addSubnet(chain, { netuid: NETUID });
    weights.CommitRevealWeightsEnabled.set(state, [NETUID], false);
    epochs.Tempo.set(state, [NETUID], TEMPO);
    networks.FirstEmissionBlockNumber.set(state, [NETUID], 2n);
    networks.SubnetOwnerHotkey.set(state, [NETUID], hotkey(2));
    stakes.TotalHotkeyAlpha.set(state, [hotkey(0), NETUID], 1_000_000n);
    weights.Weights.set(state, [NETUID, 0], pairRow([[1, 65_535]]));
    neurons.LastUpdate.set(state, [NETUID], [2n, 2n, 2n]);
    return chain;
  }
  const step = (chain: TestChain, block: number) => {
    chain.block = block;
    blockStep(chain.as());
  };

  it("is minted block by block: 18 % for the owner, halves of the rest for miners and validators", () => {
    const chain = paying();
    step(chain, 2);
    const owner = (1_000_000_000n * 11_796n) / 65_535n;
    const server = (1_000_000_000n - owner) / 2n;
    expect(emission.PendingOwnerCut.get(chain.state, NETUID)).toBe(owner);
    expect(emission.PendingServerEmission.get(chain.state, NETUID)).toBe(server);
    const validator = emission.PendingValidatorEmission.get(chain.state, NETUID);
    expect(owner + server + validator).toBe(1_000_000_000n);
    expect(emission.SubnetAlphaOutEmission.get(chain.state, NETUID)).toBe(1_000_000_000n);
  });

  it("is nothing before the subnet was started", () => {
    const chain = paying();
    networks.FirstEmissionBlockNumber.remove(chain.state, NETUID);
    step(chain, 2);
    expect(emission.PendingServerEmission.has(chain.state, NETUID)).toBe(false);
    expect(networks.SubnetAlphaOut.get(chain.state, NETUID)).toBe(0n);
  });

  it("goes to miner, validator and owner, and to nobody twice", () => {
    const chain = paying();
    for (let block = 2; block <= TEMPO; block++) step(chain, block);
    const { state } = chain;
    const minted = 19n * 1_000_000_000n;
    const stakeAt = (uid: number) =>
      stakeOf(state, { hotkey: hotkey(uid), coldkey: coldkey(uid), netuid: NETUID });
    const earned = neurons.Emission.get(state, NETUID);
    expect(earned.map((amount) => amount > 0n)).toEqual([true, true, false]);
    expect(stakeAt(1)).toBe(earned[1]);
    const dividends = emission.AlphaDividendsPerSubnet.get(state, NETUID, hotkey(0));
    expect(dividends).toBe(earned[0]);
    expect(stakes.TotalHotkeyAlpha.get(state, hotkey(0), NETUID)).toBe(1_000_000n + dividends);
    const paid = stakeAt(1) + stakeAt(2) + dividends;
    expect(minted - paid).toBeLessThan(20n);
    expect(emission.PendingServerEmission.get(state, NETUID)).toBe(0n);
  });

  it("is split between mechanisms, and each has an incentive of its own", () => {
    const chain = paying();
    const { state } = chain;
    networks.MechanismCountCurrent.set(state, [NETUID], 2);
    networks.MechanismEmissionSplit.set(state, [NETUID], [16_384, 49_151]);
    weights.Weights.set(state, [4_096 + NETUID, 0], pairRow([[2, 65_535]]));
    neurons.LastUpdate.set(state, [4_096 + NETUID], [2n, 2n, 2n]);
    for (let block = 2; block <= TEMPO; block++) step(chain, block);
    expect(neurons.Incentive.get(state, NETUID)).toEqual([0, 65_535, 0]);
    expect(neurons.Incentive.get(state, 4_096 + NETUID)).toEqual([0, 0, 65_535]);
    const consensus = neurons.Consensus.get(state, NETUID);
    expect(consensus[1]).toBeCloseTo(65_535 / 4, -1);
    expect(consensus[2]).toBeCloseTo((65_535 * 3) / 4, -1);
  });
});

describe("a subnet without owner", () => {
  it("gives no privileges to the account of zeros that upstream's genesis seats on uid 0", () => {
    const chain = new TestChain();
    const { state } = chain;
    addSubnet(chain, { netuid: NETUID, validators: 0 });
    const nobody = networks.SubnetOwnerHotkey.missing;
    neurons.Keys.set(state, [NETUID, 0], nobody);
    neurons.Uids.set(state, [NETUID, nobody], 0);
    epochs.Tempo.set(state, [NETUID], 1);
    chain.block = 2;
    blockStep(chain.as());
    expect(neurons.ValidatorPermit.get(state, NETUID)).toEqual([false, false, false]);
    networks.SubnetOwnerHotkey.set(state, [NETUID], hotkey(1));
    chain.block = 3;
    blockStep(chain.as());
    expect(neurons.ValidatorPermit.get(state, NETUID)).toEqual([false, true, false]);
  });
});

describe("what a neuron's stake counts for", () => {
  it("is its alpha and root stake, less what children got, plus what parents gave", () => {
    const chain = new TestChain();
    const { state } = chain;
    addSubnet(chain, { netuid: NETUID });
    stakes.TotalHotkeyAlpha.set(state, [hotkey(0), NETUID], 1_000n);
    stakes.TotalHotkeyAlpha.set(state, [hotkey(0), 0], 500n);
    stakes.TotalHotkeyAlpha.set(state, [hotkey(1), NETUID], 10n);
    stakes.ChildKeys.set(state, [hotkey(0), NETUID], [[2n ** 62n, hotkey(1)]]);
    stakes.ParentKeys.set(state, [hotkey(1), NETUID], [[2n ** 62n, hotkey(0)]]);
    stakes.TaoWeight.set(state, [], 2n ** 63n);
    const parent = neuronStake(state, hotkey(0), NETUID);
    const child = neuronStake(state, hotkey(1), NETUID);
    expect([parent.alpha, parent.tao, parent.total >> 64n]).toEqual([750n, 375n, 937n]);
    expect([child.alpha, child.tao, child.total >> 64n]).toEqual([260n, 125n, 322n]);
  });
});

describe("the registration price", () => {
  it("halves in its half-life and stops at the minimum", () => {
    const chain = new TestChain();
    addSubnet(chain, { netuid: NETUID });
    const { Burn } = registration;
    Burn.set(chain.state, [NETUID], 1_000_000_000n);
    for (let block = 2; block <= 361; block++) {
      chain.block = block;
      blockStep(chain.as());
    }
    expect(Number(Burn.get(chain.state, NETUID))).toBeCloseTo(500_000_000, -3);
    Burn.set(chain.state, [NETUID], 500_001n);
    blockStep(chain.as());
    expect(Burn.get(chain.state, NETUID)).toBe(500_000n);
  });
});
