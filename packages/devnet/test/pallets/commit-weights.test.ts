import { commitHash } from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { events } from "../../src/pallets/subtensor/events.ts";
import { weightsCalls } from "../../src/pallets/subtensor/weights/index.ts";
import { pairsOf } from "../../src/yuma/pair-row.ts";
import { account, signed, type TestChain } from "../context.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { epochs, neurons, weights } from "./storage.ts";
import { chainWithSubnet, hotkey, NETUID } from "./subnet.ts";

const commit = callNamed(weightsCalls, "commit_mechanism_weights");
const batchCommit = callNamed(weightsCalls, "batch_commit_weights");
const reveal = callNamed(weightsCalls, "reveal_mechanism_weights");
const batchReveal = callNamed(weightsCalls, "batch_reveal_weights");
const HASH: Hex = `0x${"11".repeat(32)}`;
const TEMPO = 360;

interface Commit {
  netuid: number;
  mecid: number;
  commit_hash: Hex;
}

/** The reveal of a hotkey's n-th weights; each n has another hash. */
const secret = (n: number) => ({ uids: [1, 2], values: [n, 2 * n], salt: [n], version_key: 0n });
const hashOf = (n: number, index = NETUID): Hex => {
  const { version_key: versionKey, ...rest } = secret(n);
  return toHex(commitHash({ publicKey: fromHex(hotkey(0)), index, versionKey, ...rest }));
};

/** Moves a subnet a number of epochs on, as the block step would. */
function passEpochs(chain: TestChain, count: number): void {
  chain.block += count * TEMPO;
  epochs.LastEpochBlock.set(chain.state, [NETUID], BigInt(chain.block));
  epochs.SubnetEpochIndex.update(chain.state, [NETUID], (index) => index + BigInt(count));
}

function commitNow(chain: TestChain, n: number, mecid = 0): void {
  const args = { netuid: NETUID, mecid, commit_hash: hashOf(n, mecid * 4096 + NETUID) };
  expect(chain.call(commit, signed(hotkey(0)), args)).toBe("ok");
}

const revealNow = (chain: TestChain, n: number, mecid = 0): string =>
  chain.call(reveal, signed(hotkey(0)), { netuid: NETUID, mecid, ...secret(n) });

describe("committing to weights (v2)", () => {
  testRefusals<Commit>(commit, (): Attempt<Commit> => {
    const chain = chainWithSubnet();
    const { state } = chain;
    const full = Array.from({ length: 10 }, (): [Hex, bigint, bigint, bigint] => [
      HASH,
      0n,
      1n,
      0n,
    ]);
    weights.WeightCommits.set(state, [NETUID, hotkey(0)], full);
    weights.CommitRevealWeightsEnabled.set(state, [NETUID], false);
    neurons.LastUpdate.set(state, [NETUID], [950n, 1n, 1n]);
    return {
      chain,
      origin: signed(account(99)),
      args: { netuid: NETUID, mecid: 1, commit_hash: HASH },
    };
  }, [
    ["the mechanism does not exist", "MechanismDoesNotExist", withArgs({ mecid: 0 })],
    [
      "commit-reveal is off",
      "CommitRevealDisabled",
      ({ chain }) => weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], true),
    ],
    ["the signer has no uid", "HotKeyNotRegisteredInSubNet", from(signed(hotkey(0)))],
    ["it committed less than the rate limit ago", "CommittingWeightsTooFast", atBlock(1_050)],
    [
      "ten commits wait for their reveal",
      "TooManyUnrevealedCommits",
      ({ chain }) => passEpochs(chain, 2),
    ],
  ]);

  it("counts as the update of the neuron and says so by the storage index", () => {
    const chain = chainWithSubnet({ mechanisms: 2 });
    commitNow(chain, 1, 1);
    expect(weights.WeightCommits.get(chain.state, 4_103, hotkey(0))).toEqual([
      [hashOf(1, 4_103), 0n, 1_000n, 0n],
    ]);
    expect(neurons.LastUpdate.get(chain.state, 4_103)[0]).toBe(1_000n);
    expect(neurons.LastUpdate.get(chain.state, NETUID)[0]).toBe(1n);
    const committed = events.WeightsCommitted(hotkey(0), 4_103, hashOf(1, 4_103));
    expect(chain.takeEvents()).toEqual([toHex(committed)]);
  });

  it("belongs to the epoch that is due in its block", () => {
    const chain = chainWithSubnet();
    chain.block = 1_360;
    commitNow(chain, 1);
    expect(weights.WeightCommits.get(chain.state, NETUID, hotkey(0))?.[0]?.[1]).toBe(1n);
  });

  it("reports what fails of a batch and does the rest", () => {
    const chain = chainWithSubnet();
    const batch = { netuids: [9, NETUID], commit_hashes: [HASH, HASH] };
    expect(chain.call(batchCommit, signed(hotkey(0)), batch)).toBe("ok");
    expect(weights.WeightCommits.get(chain.state, NETUID, hotkey(0))).toHaveLength(1);
    expect(chain.takeEvents().map((event) => Number.parseInt(event.slice(4, 6), 16))).toEqual([
      events.WeightsCommitted.def.index,
      events.BatchCompletedWithErrors.def.index,
      events.BatchWeightItemFailed.def.index,
      events.BatchWeightsCompleted.def.index,
    ]);
  });
});

describe("revealing weights (v2)", () => {
  const committed = (...secrets: number[]): TestChain => {
    const chain = chainWithSubnet();
    weights.WeightsSetRateLimit.set(chain.state, [NETUID], 0n);
    for (const n of secrets) commitNow(chain, n);
    return chain;
  };

  it("is refused where commit-reveal is off, even with a commit", () => {
    const chain = committed(1);
    weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], false);
    expect(revealNow(chain, 1)).toBe("CommitRevealDisabled");
  });

  it("is refused without any commit", () => {
    expect(revealNow(committed(), 1)).toBe("NoWeightsCommitFound");
  });

  it("is refused for a mechanism whose index does not exist, like one without commits", () => {
    expect(revealNow(committed(1), 1, 255)).toBe("NoWeightsCommitFound");
  });

  it("is too early in the commit's own epoch and expired after its reveal epoch", () => {
    expect(revealNow(committed(1), 1)).toBe("RevealTooEarly");
    const late = committed(1);
    passEpochs(late, 2);
    expect(revealNow(late, 1)).toBe("ExpiredWeightCommit");
    expect(revealNow(late, 2)).toBe("NoWeightsCommitFound");
  });

  it("tells an expired hash from an unknown one while newer commits wait", () => {
    const chain = committed(1);
    passEpochs(chain, 2);
    commitNow(chain, 2);
    weights.WeightCommits.update(chain.state, [NETUID, hotkey(0)], (queue = []) => [
      [hashOf(1), 0n, 1_000n, 0n],
      ...queue,
    ]);
    expect(revealNow(chain, 1)).toBe("ExpiredWeightCommit");
    expect(revealNow(chain, 3)).toBe("InvalidRevealCommitHashNotMatch");
  });

  it("stores the weights, forgets this commit and older ones, and leaves the update alone", () => {
    const chain = committed(1, 2, 3);
    passEpochs(chain, 1);
    chain.takeEvents();
    expect(revealNow(chain, 2)).toBe("ok");
    expect(pairsOf(weights.Weights.get(chain.state, NETUID, 0))).toEqual([
      [1, 32_768],
      [2, 65_535],
    ]);
    expect(weights.WeightCommits.get(chain.state, NETUID, hotkey(0))).toHaveLength(1);
    expect(neurons.LastUpdate.get(chain.state, NETUID)[0]).toBe(1_000n);
    expect(chain.takeEvents()).toEqual(
      [events.WeightsSet(NETUID, 0), events.WeightsRevealed(hotkey(0), NETUID, hashOf(2))].map(
        toHex,
      ),
    );
    expect(revealNow(chain, 3)).toBe("ok");
    expect(weights.WeightCommits.has(chain.state, NETUID, hotkey(0))).toBe(false);
  });

  it("keeps the commit when the weights break a rule", () => {
    const chain = committed(1);
    passEpochs(chain, 1);
    neurons.ValidatorPermit.set(chain.state, [NETUID], [false]);
    expect(revealNow(chain, 1)).toBe("NeuronNoValidatorPermit");
    expect(weights.WeightCommits.get(chain.state, NETUID, hotkey(0))).toHaveLength(1);
  });

  it("follows the reveal period of the subnet", () => {
    const chain = committed(1);
    weights.RevealPeriodEpochs.set(chain.state, [NETUID], 3n);
    passEpochs(chain, 2);
    expect(revealNow(chain, 1)).toBe("RevealTooEarly");
    passEpochs(chain, 1);
    expect(revealNow(chain, 1)).toBe("ok");
  });

  it("reveals a batch in order and names all hashes at once", () => {
    const chain = committed(1, 2);
    passEpochs(chain, 1);
    chain.takeEvents();
    const { uids } = secret(1);
    const batch = {
      netuid: NETUID,
      uids_list: [uids, uids],
      values_list: [secret(1).values, secret(2).values],
      salts_list: [[1], [2]],
      version_keys: [0n, 0n],
    };
    const uneven = { ...batch, salts_list: [[1]] };
    expect(chain.call(batchReveal, signed(hotkey(0)), uneven)).toBe("InputLengthsUnequal");
    expect(chain.call(batchReveal, signed(hotkey(0)), batch)).toBe("ok");
    expect(chain.takeEvents().at(-1)).toBe(
      toHex(events.WeightsBatchRevealed(hotkey(0), NETUID, [hashOf(1), hashOf(2)])),
    );
  });
});

it("commits on the main mechanism when the call names none", () => {
  const chain = chainWithSubnet();
  const plain = callNamed(weightsCalls, "commit_weights");
  const args = { netuid: NETUID, commit_hash: HASH };
  expect(chain.call(plain, signed(hotkey(0)), args)).toBe("ok");
  expect(weights.WeightCommits.has(chain.state, NETUID, hotkey(0))).toBe(true);
});
