import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { events } from "../../src/pallets/subtensor/events.ts";
import { weightsCalls } from "../../src/pallets/subtensor/weights/index.ts";
import { pairsOf } from "../../src/yuma/pair-row.ts";
import { account, signed } from "../context.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { networks, neurons, stakes, weights } from "./storage.ts";
import { chainWithSubnet, hotkey, NETUID } from "./subnet.ts";

interface SetMechanismWeights {
  netuid: number;
  mecid: number;
  dests: number[];
  weights: number[];
  version_key: bigint;
}

const set = callNamed(weightsCalls, "set_weights");
const setMechanism = callNamed(weightsCalls, "set_mechanism_weights");
const batchSet = callNamed(weightsCalls, "batch_set_weights");

/** Breaks every rule at once. */
function hopeless(): Attempt<SetMechanismWeights> {
  const chain = chainWithSubnet({ n: 4, validators: 0 });
  const { state } = chain;
  // Root has commit-reveal on by default, as every subnet.
  weights.WeightsVersionKey.set(state, [NETUID], 5n);
  weights.MaxWeightsLimit.set(state, [NETUID], 30_000);
  weights.MinAllowedWeights.set(state, [NETUID], 3);
  stakes.StakeThreshold.set(state, [], 1_000n);
  neurons.LastUpdate.set(state, [NETUID], [950n, 950n, 950n, 950n]);
  return {
    chain,
    origin: signed(account(99)),
    args: { netuid: 0, mecid: 1, dests: [9, 9, 9, 9, 9], weights: [1], version_key: 4n },
  };
}

describe("setting weights", () => {
  testRefusals<SetMechanismWeights>(setMechanism, hopeless, [
    [
      "weights must be committed on this subnet",
      "CommitRevealEnabled",
      ({ chain }) => weights.CommitRevealWeightsEnabled.set(chain.state, [0], false),
    ],
    [
      "root has no weights",
      "CanNotSetRootNetworkWeights",
      (attempt) => {
        attempt.args.netuid = NETUID;
        weights.CommitRevealWeightsEnabled.set(attempt.chain.state, [NETUID], false);
      },
    ],
    [
      "there are more uids than values",
      "WeightVecNotEqualSize",
      withArgs({ weights: [60_000, 1, 1, 1, 1] }),
    ],
    ["the mechanism does not exist", "MechanismDoesNotExist", withArgs({ mecid: 0 })],
    [
      "there are more uids than neurons",
      "UidsLengthExceedUidsInSubNet",
      ({ args }) => {
        args.dests = [9, 9];
        args.weights = [60_000, 1];
      },
    ],
    ["the signer has no uid", "HotKeyNotRegisteredInSubNet", from(signed(hotkey(0)))],
    [
      "its stake is below the threshold",
      "NotEnoughStakeToSetWeights",
      ({ chain }) => stakes.TotalHotkeyAlpha.set(chain.state, [hotkey(0), NETUID], 1_000n),
    ],
    ["its version is too old", "IncorrectWeightVersionKey", withArgs({ version_key: 6n })],
    ["it set weights less than the rate limit ago", "SettingWeightsTooFast", atBlock(1_050)],
    [
      "it has no validator permit",
      "NeuronNoValidatorPermit",
      ({ chain }) => neurons.ValidatorPermit.set(chain.state, [NETUID], [true]),
    ],
    ["a uid occurs twice", "DuplicateUids", withArgs({ dests: [9, 1] })],
    ["a uid is beyond the last neuron", "UidVecContainInvalidOne", withArgs({ dests: [0, 1] })],
    [
      "there are too few weights",
      "WeightVecLengthIsLow",
      ({ args }) => {
        args.dests = [0, 1, 2];
        args.weights = [60_000, 1, 1];
      },
    ],
    ["one weight is too much of the whole", "MaxWeightExceeded", withArgs({ weights: [3, 2, 2] })],
  ]);

  const open = (options = {}) => {
    const chain = chainWithSubnet(options);
    weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], false);
    return chain;
  };
  const args = { netuid: NETUID, version_key: 0n };

  it("replaces the whole row, keeps zeros and the order, and scales the largest up to 65535", () => {
    const chain = open();
    const row = { ...args, dests: [2, 0, 1], weights: [1, 0, 2] };
    expect(chain.call(set, signed(hotkey(0)), row)).toBe("ok");
    expect(pairsOf(weights.Weights.get(chain.state, NETUID, 0))).toEqual([
      [2, 32_768],
      [0, 0],
      [1, 65_535],
    ]);
    expect(neurons.LastUpdate.get(chain.state, NETUID)).toEqual([1_000n, 1n, 1n]);
    expect(chain.takeEvents()).toEqual([toHex(events.WeightsSet(NETUID, 0))]);
  });

  it("stores a mechanism's weights and update under its own index", () => {
    const chain = open({ mechanisms: 2 });
    const row = { ...args, mecid: 1, dests: [1], weights: [1] };
    expect(chain.call(setMechanism, signed(hotkey(0)), row)).toBe("ok");
    expect(pairsOf(weights.Weights.get(chain.state, 4_103, 0))).toEqual([[1, 65_535]]);
    expect(neurons.LastUpdate.get(chain.state, NETUID)[0]).toBe(1n);
    expect(neurons.LastUpdate.get(chain.state, 4_103)[0]).toBe(1_000n);
    expect(chain.takeEvents()).toEqual([toHex(events.WeightsSet(4_103, 0))]);
  });

  it("lets a neuron without a permit weigh itself alone, below the minimum and above the limit", () => {
    const chain = open();
    weights.MinAllowedWeights.set(chain.state, [NETUID], 3);
    weights.MaxWeightsLimit.set(chain.state, [NETUID], 100);
    const row = { ...args, dests: [2], weights: [9] };
    expect(chain.call(set, signed(hotkey(2)), row)).toBe("ok");
    expect(chain.call(set, signed(hotkey(1)), row)).toBe("NeuronNoValidatorPermit");
  });

  it("lets the owner's hotkey set weights without stake or permit", () => {
    const chain = open();
    stakes.StakeThreshold.set(chain.state, [], 1_000n);
    networks.SubnetOwnerHotkey.set(chain.state, [NETUID], hotkey(2));
    const row = { ...args, dests: [0], weights: [9] };
    expect(chain.call(set, signed(hotkey(2)), row)).toBe("ok");
    expect(chain.call(set, signed(hotkey(1)), row)).toBe("NotEnoughStakeToSetWeights");
  });

  it("reports what fails of a batch and does the rest", () => {
    const chain = open();
    const batch = {
      netuids: [NETUID, 8],
      weights: [[[1, 5]], [[1, 5]]],
      version_keys: [0n, 0n],
    };
    expect(chain.call(batchSet, signed(hotkey(0)), batch)).toBe("ok");
    const commitRevealIsOn = {
      tag: "Module",
      value: { index: 7, error: Uint8Array.of(53, 0, 0, 0) },
    };
    expect(chain.takeEvents()).toEqual(
      [
        events.WeightsSet(NETUID, 0),
        events.BatchCompletedWithErrors(),
        events.BatchWeightItemFailed(8, commitRevealIsOn as never),
        events.BatchWeightsCompleted([NETUID, 8], hotkey(0)),
      ].map(toHex),
    );
  });

  it("refuses a batch whose lists differ in length", () => {
    const batch = { netuids: [NETUID], weights: [], version_keys: [0n] };
    expect(open().call(batchSet, signed(hotkey(0)), batch)).toBe("InputLengthsUnequal");
  });
});
