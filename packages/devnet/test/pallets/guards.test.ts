import { commitHash } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { LastStoredRound } from "../../src/pallets/drand/storage.ts";
import { errors } from "../../src/pallets/subtensor/errors.ts";
import { customCode } from "../../src/pallets/subtensor/guards/custom-code.ts";
import { guard } from "../../src/pallets/subtensor/guards/guard.ts";
import { subtensorPallet } from "../../src/pallets/subtensor/index.ts";
import { account, type TestChain } from "../context.ts";
import { callNamed } from "./refusals.ts";
import { epochs, limits, neurons, stakes, weights } from "./storage.ts";
import { chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

/** "code Name" of the guard's answer, or undefined when the call may go on. */
function judge(chain: TestChain, name: string, args: unknown, who = hotkey(0)) {
  const { index } = callNamed(subtensorPallet.calls, name);
  const { state, block } = chain;
  const refusal = guard({ state, block }, who, { pallet: 7, call: index, args });
  return refusal && `${refusal.custom} ${refusal.error.name}`;
}

const row = { dests: [1], weights: [1], version_key: 0n };
const secret = { uids: [1], values: [1], salt: [1], version_key: 0n };
const HASH = toHex(
  commitHash({ publicKey: fromHex(hotkey(0)), index: NETUID, versionKey: 0n, ...secret }),
);
const sealed = { commit: Uint8Array.of(1), reveal_round: 999n, commit_reveal_version: 4 };
const poor = () => {
  const chain = chainWithSubnet({ mechanisms: 2 });
  stakes.StakeThreshold.set(chain.state, [], 1_000n);
  return chain;
};
const busy = () => {
  const chain = chainWithSubnet({ mechanisms: 2 });
  neurons.LastUpdate.set(chain.state, [NETUID], [950n]);
  neurons.LastUpdate.set(chain.state, [4_096 + NETUID], [950n]);
  return chain;
};

/** Every weights call, with arguments that only stake can spoil. */
const weightsCalls: readonly [name: string, args: unknown][] = [
  ["set_weights", { netuid: NETUID, ...row }],
  ["set_mechanism_weights", { netuid: NETUID, mecid: 1, ...row }],
  ["batch_set_weights", { netuids: [NETUID], weights: [[[1, 1]]], version_keys: [0n] }],
  ["commit_weights", { netuid: NETUID, commit_hash: HASH }],
  ["commit_mechanism_weights", { netuid: NETUID, mecid: 1, commit_hash: HASH }],
  ["batch_commit_weights", { netuids: [NETUID], commit_hashes: [HASH] }],
  ["reveal_weights", { netuid: NETUID, ...secret }],
  ["reveal_mechanism_weights", { netuid: NETUID, mecid: 1, ...secret }],
  [
    "batch_reveal_weights",
    { netuid: NETUID, uids_list: [], values_list: [], salts_list: [], version_keys: [] },
  ],
  ["commit_timelocked_weights", { netuid: NETUID, ...sealed }],
  ["commit_timelocked_mechanism_weights", { netuid: NETUID, mecid: 1, ...sealed }],
  ["commit_crv3_mechanism_weights", { netuid: NETUID, mecid: 1, ...sealed }],
];

describe("the pool's guards", () => {
  it.each(weightsCalls)("%s takes the minimum stake", (name, args) => {
    expect(judge(poor(), name, args)).toBe("1 NotEnoughStakeToSetWeights");
  });

  it.each([
    ["batch_set_weights", { netuids: [NETUID], weights: [], version_keys: [0n] }],
    ["batch_commit_weights", { netuids: [], commit_hashes: [HASH] }],
    [
      "batch_reveal_weights",
      { netuid: NETUID, uids_list: [[]], values_list: [], salts_list: [], version_keys: [] },
    ],
  ])("%s wants lists of one length, before it asks for stake", (name, args) => {
    expect(judge(poor(), name, args)).toBe("18 InputLengthsUnequal");
  });

  it("a batch takes the minimum stake on every subnet it names", () => {
    const chain = poor();
    stakes.TotalHotkeyAlpha.set(chain.state, [hotkey(0), NETUID], 1_000n);
    const batch = { netuids: [NETUID, 8], commit_hashes: [HASH, HASH] };
    expect(judge(chain, "batch_commit_weights", batch)).toBe("1 NotEnoughStakeToSetWeights");
  });

  it("a reveal is judged coarsely: unknown hash, or not in its epoch, early or late", () => {
    const chain = chainWithSubnet();
    const reveal = () => judge(chain, "reveal_weights", { netuid: NETUID, ...secret });
    expect(reveal()).toBe("16 NoWeightsCommitFound");
    const other = toHex(new Uint8Array(32));
    weights.WeightCommits.set(chain.state, [NETUID, hotkey(0)], [[other, 1n, 1n, 0n]]);
    expect(reveal()).toBe("16 NoWeightsCommitFound");
    weights.WeightCommits.set(chain.state, [NETUID, hotkey(0)], [[HASH, 1n, 1n, 0n]]);
    for (const [epoch, verdict] of [
      [1n, "17 RevealTooEarly"],
      [2n, undefined],
      [3n, "17 RevealTooEarly"],
    ] as const) {
      epochs.SubnetEpochIndex.set(chain.state, [NETUID], epoch);
      expect(reveal()).toBe(verdict);
    }
  });

  it("a batch of reveals is refused for any one of them", () => {
    const chain = chainWithSubnet();
    weights.WeightCommits.set(chain.state, [NETUID, hotkey(0)], [[HASH, 0n, 1n, 0n]]);
    epochs.SubnetEpochIndex.set(chain.state, [NETUID], 1n);
    const batch = (salts: number[][]) => ({
      netuid: NETUID,
      uids_list: salts.map(() => secret.uids),
      values_list: salts.map(() => secret.values),
      salts_list: salts,
      version_keys: salts.map(() => 0n),
    });
    expect(judge(chain, "batch_reveal_weights", batch([[1]]))).toBeUndefined();
    expect(judge(chain, "batch_reveal_weights", batch([[1], [2]]))).toBe("16 NoWeightsCommitFound");
  });

  it("a timelocked commit may not be for a round that is out, but for the newest one", () => {
    const chain = chainWithSubnet();
    const args = { netuid: NETUID, ...sealed };
    LastStoredRound.set(chain.state, [], 999n);
    expect(judge(chain, "commit_timelocked_weights", args)).toBeUndefined();
    LastStoredRound.set(chain.state, [], 1_000n);
    expect(judge(chain, "commit_timelocked_weights", args)).toBe("15 InvalidRevealRound");
  });

  it("the pace of setting is judged only where weights are set in the open", () => {
    const chain = busy();
    const set = () => judge(chain, "set_weights", { netuid: NETUID, ...row });
    expect(set()).toBeUndefined();
    weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], false);
    expect(set()).toBe("6 SettingWeightsTooFast");
    const onMechanism = { netuid: NETUID, mecid: 1, ...row };
    expect(judge(chain, "set_mechanism_weights", onMechanism)).toBe("6 SettingWeightsTooFast");
  });

  it("the pace of committing is judged for hashes, not for ciphertexts nor strangers", () => {
    const chain = busy();
    const commit = { netuid: NETUID, commit_hash: HASH };
    expect(judge(chain, "commit_weights", commit)).toBe("6 CommittingWeightsTooFast");
    expect(judge(chain, "commit_mechanism_weights", { ...commit, mecid: 1 })).toBe(
      "6 CommittingWeightsTooFast",
    );
    expect(judge(chain, "commit_weights", commit, account(99))).toBeUndefined();
    expect(judge(chain, "commit_timelocked_weights", { netuid: NETUID, ...sealed })).toBe(
      undefined,
    );
  });

  it("a network may be registered only so often", () => {
    const chain = chainWithSubnet();
    const register = () => judge(chain, "register_network", { hotkey: hotkey(0) }, coldkey(0));
    expect(register()).toBeUndefined();
    const key = { tag: "NetworkLastRegistered", value: undefined } as const;
    limits.LastRateLimitedBlock.set(chain.state, [key], 900n);
    expect(register()).toBe("6 NetworkTxRateLimitExceeded");
  });

  const axon = {
    netuid: NETUID,
    version: 1,
    ip: 134_744_072n,
    port: 8_091,
    ip_type: 4,
    protocol: 4,
    placeholder1: 0,
    placeholder2: 0,
  };
  it.each([
    ["from a stranger", {}, account(99), "10 HotKeyNotRegisteredInNetwork"],
    ["of an unknown kind", { ip_type: 5 }, hotkey(0), "255 InvalidIpType"],
    ["at loopback", { ip: 0x7f00_0001n }, hotkey(0), "11 InvalidIpAddress"],
    ["without a port", { port: 0 }, hotkey(0), "13 InvalidPort"],
    ["in order", {}, hotkey(0), undefined],
  ] as const)("an axon %s", (_, change, who, verdict) => {
    const args = { ...axon, ...change };
    expect(judge(chainWithSubnet(), "serve_axon", args, who)).toBe(verdict);
    expect(judge(chainWithSubnet(), "serve_axon_tls", args, who)).toBe(verdict);
  });

  it("a take is judged by who sets it and by its size", () => {
    const chain = chainWithSubnet();
    const take = (name: string, share: number, who = coldkey(0)) =>
      judge(chain, name, { hotkey: hotkey(0), take: share }, who);
    expect(take("decrease_take", 11_796)).toBe("26 DelegateTakeTooLow");
    expect(take("increase_take", 20_000)).toBe("27 DelegateTakeTooHigh");
    expect(take("decrease_take", 100, coldkey(1))).toBe("25 NonAssociatedColdKey");
    expect(take("decrease_take", 100)).toBeUndefined();
  });

  it("a coldkey about to be swapped may do nothing else, whatever the pallet", () => {
    const chain = chainWithSubnet();
    limits.ColdkeySwapAnnouncements.set(chain.state, [hotkey(0)], [9, HASH]);
    const { state, block } = chain;
    const answer = (pallet: number, call: number) =>
      guard({ state, block }, hotkey(0), { pallet, call, args: {} })?.custom;
    expect([answer(5, 0), answer(7, 0)]).toEqual([0, 0]);
    expect([answer(7, 125), answer(7, 126), answer(7, 133), answer(30, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    limits.ColdkeySwapDisputes.set(state, [hotkey(0)], 9);
    expect(answer(7, 126)).toBe(21);
  });

  it("names every error by a number, and what has none by 255", () => {
    expect(customCode(errors.NotEnoughBalanceToStake)).toBe(2);
    expect(customCode(errors.InvalidIpType)).toBe(255);
  });
});
