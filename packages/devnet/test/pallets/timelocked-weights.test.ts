import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { describe, expect, it } from "vitest";
import { revealTimelocked } from "../../src/pallets/subtensor/block/reveal-timelocked.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { weightsCalls } from "../../src/pallets/subtensor/weights/index.ts";
import { pairsOf } from "../../src/yuma/pair-row.ts";
import { account, signed, type TestChain } from "../context.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { publish, seal, sealWeights } from "./sealed.ts";
import { epochs, neurons, weights } from "./storage.ts";
import { chainWithSubnet, hotkey, NETUID } from "./subnet.ts";

const commit = callNamed(weightsCalls, "commit_timelocked_mechanism_weights");
const crv3 = callNamed(weightsCalls, "commit_crv3_mechanism_weights");
const ROUND = 1_000n;

interface Commit {
  netuid: number;
  mecid: number;
  commit: Uint8Array;
  reveal_round: bigint;
  commit_reveal_version: number;
}
const argsOf = (ciphertext: Uint8Array, mecid = 0): Commit => ({
  netuid: NETUID,
  mecid,
  commit: ciphertext,
  reveal_round: ROUND,
  commit_reveal_version: 4,
});

describe("committing timelocked weights", () => {
  testRefusals<Commit>(commit, (): Attempt<Commit> => {
    const chain = chainWithSubnet();
    const { state } = chain;
    const own = Array.from({ length: 10 }, (): [Hex, bigint, Uint8Array, bigint] => [
      hotkey(0),
      1n,
      Uint8Array.of(1),
      ROUND,
    ]);
    weights.TimelockedWeightCommits.set(state, [NETUID, 0n], own);
    weights.CommitRevealWeightsEnabled.set(state, [NETUID], false);
    neurons.LastUpdate.set(state, [NETUID], [950n]);
    return {
      chain,
      origin: signed(account(99)),
      args: { ...argsOf(Uint8Array.of(1), 1), commit_reveal_version: 3 },
    };
  }, [
    ["the mechanism does not exist", "MechanismDoesNotExist", withArgs({ mecid: 0 })],
    [
      "commit-reveal is off",
      "CommitRevealDisabled",
      ({ chain }) => weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], true),
    ],
    [
      "its version is not the chain's",
      "IncorrectCommitRevealVersion",
      withArgs({ commit_reveal_version: 4 }),
    ],
    ["the signer has no uid", "HotKeyNotRegisteredInSubNet", from(signed(hotkey(0)))],
    ["it committed less than the rate limit ago", "CommittingWeightsTooFast", atBlock(1_050)],
    [
      "it has ten commits in this epoch",
      "TooManyUnrevealedCommits",
      ({ chain }) => epochs.SubnetEpochIndex.set(chain.state, [NETUID], 1n),
    ],
  ]);

  it("keeps the ciphertext as it came, under the commit's epoch, and publishes its hash", () => {
    const chain = chainWithSubnet();
    const ciphertext = Uint8Array.of(1, 2, 3);
    expect(chain.call(commit, signed(hotkey(0)), argsOf(ciphertext))).toBe("ok");
    expect(weights.TimelockedWeightCommits.get(chain.state, NETUID, 0n)).toEqual([
      [hotkey(0), 1_000n, ciphertext, ROUND],
    ]);
    expect(neurons.LastUpdate.get(chain.state, NETUID)[0]).toBe(1_000n);
    const hash = toHex(blake2b(ciphertext, { dkLen: 32 }));
    const committed = events.TimelockedWeightsCommitted(hotkey(0), NETUID, hash, ROUND);
    expect(chain.takeEvents()).toEqual([toHex(committed)]);
  });

  it("takes the older call for version 4", () => {
    const chain = chainWithSubnet();
    const { commit_reveal_version: _, ...args } = argsOf(Uint8Array.of(1));
    expect(chain.call(crv3, signed(hotkey(0)), args)).toBe("ok");
    weights.CommitRevealWeightsVersion.set(chain.state, [], 5);
    expect(chain.call(crv3, signed(hotkey(1)), args)).toBe("IncorrectCommitRevealVersion");
  });
});

describe("revealing timelocked weights", () => {
  /** A chain one epoch after a commit of these bytes. */
  function committed(ciphertext: Uint8Array, mecid = 0): TestChain {
    const chain = chainWithSubnet({ mechanisms: mecid + 1 });
    expect(chain.call(commit, signed(hotkey(0)), argsOf(ciphertext, mecid))).toBe("ok");
    chain.takeEvents();
    toEpoch(chain, 1);
    return chain;
  }
  function toEpoch(chain: TestChain, epoch: number): void {
    chain.block = 1_000 + epoch * 360;
    epochs.LastEpochBlock.set(chain.state, [NETUID], BigInt(chain.block));
    epochs.SubnetEpochIndex.set(chain.state, [NETUID], BigInt(epoch));
  }
  const revealNow = (chain: TestChain) => revealTimelocked(chain.as(), NETUID);
  const waiting = (chain: TestChain, index = NETUID) =>
    weights.TimelockedWeightCommits.get(chain.state, index, 0n).length;
  const good = sealWeights(hotkey(0), ROUND, [1, 2], [1, 2]);

  it("stores the weights once the pulse is there, without counting as an update", () => {
    const chain = committed(good);
    publish(chain, ROUND);
    chain.takeEvents();
    revealNow(chain);
    expect(pairsOf(weights.Weights.get(chain.state, NETUID, 0))).toEqual([
      [1, 32_768],
      [2, 65_535],
    ]);
    expect(waiting(chain)).toBe(0);
    expect(neurons.LastUpdate.get(chain.state, NETUID)[0]).toBe(1_000n);
    expect(chain.takeEvents()).toEqual(
      [events.WeightsSet(NETUID, 0), events.TimelockedWeightsRevealed(NETUID, hotkey(0))].map(
        toHex,
      ),
    );
  });

  it("waits through the reveal epoch for a pulse that is late", () => {
    const chain = committed(good);
    revealNow(chain);
    expect(waiting(chain)).toBe(1);
    chain.block += 100;
    publish(chain, ROUND);
    revealNow(chain);
    expect(waiting(chain)).toBe(0);
    expect(weights.Weights.has(chain.state, NETUID, 0)).toBe(true);
  });

  it("does not reveal before the reveal epoch, though the pulse is there", () => {
    const chain = committed(good);
    publish(chain, ROUND);
    toEpoch(chain, 0);
    revealNow(chain);
    expect(waiting(chain)).toBe(1);
  });

  it("reveals in the block in which the reveal epoch falls due", () => {
    const chain = committed(good);
    publish(chain, ROUND);
    toEpoch(chain, 0);
    chain.block = 1_360;
    revealNow(chain);
    expect(waiting(chain)).toBe(0);
    expect(weights.Weights.has(chain.state, NETUID, 0)).toBe(true);
  });

  it("reveals a mechanism's commits under its index", () => {
    const chain = committed(good, 1);
    publish(chain, ROUND);
    revealNow(chain);
    expect(waiting(chain, 4_103)).toBe(0);
    expect(weights.Weights.has(chain.state, 4_103, 0)).toBe(true);
    expect(weights.Weights.has(chain.state, NETUID, 0)).toBe(false);
  });

  it("reveals what was committed before commit-reveal was switched off", () => {
    const chain = committed(good);
    publish(chain, ROUND);
    weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], false);
    revealNow(chain);
    expect(weights.Weights.has(chain.state, NETUID, 0)).toBe(true);
  });

  it("accepts the payload of older clients, which names no hotkey", () => {
    const payload = fromHex("080100020008ffff00800000000000000000");
    const chain = committed(seal(payload, ROUND));
    publish(chain, ROUND);
    revealNow(chain);
    expect(weights.Weights.has(chain.state, NETUID, 0)).toBe(true);
  });

  const lost: readonly [
    reason: string,
    ciphertext: Uint8Array,
    prepare?: (c: TestChain) => void,
  ][] = [
    ["its epoch is over", good, (chain) => toEpoch(chain, 2)],
    ["it is no ciphertext", Uint8Array.of(1, 2, 3)],
    ["it was altered", good.map((byte, i) => (i === 200 ? byte ^ 1 : byte))],
    ["it was made for another round", sealWeights(hotkey(0), 999n, [1], [1])],
    ["it holds no weights", seal(Uint8Array.of(9, 9), ROUND)],
    ["it is a copy of somebody else's", sealWeights(hotkey(1), ROUND, [1], [1])],
    [
      "its hotkey has lost its permit",
      good,
      (chain) => neurons.ValidatorPermit.set(chain.state, [NETUID], []),
    ],
    [
      "its hotkey is not registered any more",
      good,
      (chain) => neurons.Uids.remove(chain.state, NETUID, hotkey(0)),
    ],
    [
      "the version key was raised",
      good,
      (chain) => weights.WeightsVersionKey.set(chain.state, [NETUID], 1n),
    ],
    ["a uid of it is gone", good, (chain) => neurons.SubnetworkN.set(chain.state, [NETUID], 2)],
  ];
  it.each(lost)("loses a commit without an event when %s", (_, ciphertext, prepare) => {
    const chain = committed(ciphertext);
    publish(chain, ROUND);
    prepare?.(chain);
    chain.takeEvents();
    revealNow(chain);
    expect(waiting(chain)).toBe(0);
    expect(weights.Weights.has(chain.state, NETUID, 0)).toBe(false);
    expect(chain.takeEvents()).toEqual([]);
  });
});
