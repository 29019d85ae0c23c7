import { advanceSchedule, epochAt, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { blockStep } from "../../src/pallets/subtensor/block/step.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { scheduleOf } from "../../src/pallets/subtensor/schedule.ts";
import { weightsCalls } from "../../src/pallets/subtensor/weights/index.ts";
import { pairsOf } from "../../src/yuma/pair-row.ts";
import { signed, TestChain } from "../context.ts";
import { callNamed } from "./refusals.ts";
import { publish, sealWeights } from "./sealed.ts";
import { epochs, neurons, stakes, weights } from "./storage.ts";
import { addSubnet, hotkey } from "./subnet.ts";

const TEMPO = 10;

/** Subnets whose epoch is due in block 10. */
function chainOf(...netuids: number[]): TestChain {
  const chain = new TestChain();
  for (const netuid of netuids) {
    addSubnet(chain, { netuid });
    epochs.Tempo.set(chain.state, [netuid], TEMPO);
  }
  return chain;
}

function stepTo(chain: TestChain, block: number): void {
  while (chain.block < block) {
    chain.block += 1;
    blockStep(chain.as());
  }
}

const epochsOf = (chain: TestChain, netuid: number) =>
  Number(epochs.SubnetEpochIndex.get(chain.state, netuid));

describe("when epochs run", () => {
  it("every tempo blocks, counted from the last one", () => {
    const chain = chainOf(1);
    const ran: number[] = [];
    for (let block = 2; block <= 35; block++) {
      const before = epochsOf(chain, 1);
      stepTo(chain, block);
      if (epochsOf(chain, 1) > before) ran.push(block);
    }
    expect(ran).toEqual([10, 20, 30]);
    expect(epochs.LastEpochBlock.get(chain.state, 1)).toBe(30n);
    expect(epochs.LastMechansimStepBlock.get(chain.state, 1)).toBe(30n);
    expect(epochs.BlocksSinceLastStep.get(chain.state, 1)).toBe(5n);
  });

  it("from the block that was asked for, and then a whole tempo later", () => {
    const chain = chainOf(1);
    epochs.PendingEpochAt.set(chain.state, [1], 4n);
    stepTo(chain, 13);
    expect(epochsOf(chain, 1)).toBe(1);
    expect(epochs.LastEpochBlock.get(chain.state, 1)).toBe(4n);
    expect(epochs.PendingEpochAt.get(chain.state, 1)).toBe(0n);
    stepTo(chain, 14);
    expect(epochsOf(chain, 1)).toBe(2);
  });

  it("never with tempo 0, nor on root", () => {
    const chain = chainOf(0, 1);
    epochs.Tempo.set(chain.state, [1], 0);
    stepTo(chain, 100);
    expect([epochsOf(chain, 0), epochsOf(chain, 1)]).toEqual([0, 0]);
  });

  it("as many as a block may hold; the next block takes the others in turn", () => {
    const chain = chainOf(1, 2, 3, 4, 5);
    stepTo(chain, 10);
    expect([1, 2, 3, 4, 5].map((netuid) => epochsOf(chain, netuid))).toEqual([1, 1, 0, 0, 0]);
    const deferred = (netuid: number, from: bigint) =>
      toHex(events.EpochDeferred({ netuid, from_block: from, to_block: from + 1n }));
    expect(chain.takeEvents()).toEqual(
      expect.arrayContaining([3, 4, 5].map((netuid) => deferred(netuid, 10n))),
    );
    stepTo(chain, 11);
    expect([1, 2, 3, 4, 5].map((netuid) => epochsOf(chain, netuid))).toEqual([1, 1, 1, 1, 0]);
    expect(chain.takeEvents()).toContain(deferred(5, 11n));
    stepTo(chain, 12);
    expect(epochs.LastEpochBlock.get(chain.state, 5)).toBe(12n);
    stepTo(chain, 20);
    expect([1, 3, 5].map((netuid) => epochsOf(chain, netuid))).toEqual([2, 1, 1]);
  });

  it("not for a subnet in which a hotkey has two uids; its slot and its emission wait", () => {
    const chain = chainOf(1, 2, 3);
    neurons.Keys.set(chain.state, [1, 1], hotkey(0));
    stepTo(chain, 10);
    expect(chain.takeEvents()).toContain(toHex(events.EpochSkipped({ netuid: 1, block: 10n })));
    expect([1, 2, 3].map((netuid) => epochsOf(chain, netuid))).toEqual([1, 1, 1]);
    expect(epochs.LastMechansimStepBlock.get(chain.state, 1)).toBe(0n);
    expect(epochs.BlocksSinceLastStep.get(chain.state, 1)).toBe(9n);
    expect(epochs.LastEpochBlock.get(chain.state, 1)).toBe(10n);
  });
});

describe("around an epoch", () => {
  const commit = callNamed(weightsCalls, "commit_timelocked_weights");
  const ROUND = 1_000n;

  it("weights revealed by the start of a block take part in the epoch that runs in it", () => {
    const chain = chainOf(1);
    weights.WeightsSetRateLimit.set(chain.state, [1], 0n);
    stakes.TotalHotkeyAlpha.set(chain.state, [hotkey(0), 1], 1_000_000n);
    stepTo(chain, 5);
    const args = {
      netuid: 1,
      commit: sealWeights(hotkey(0), ROUND, [1], [1]),
      reveal_round: ROUND,
      commit_reveal_version: 4,
    };
    expect(chain.call(commit, signed(hotkey(0)), args)).toBe("ok");
    publish(chain, ROUND);
    stepTo(chain, 9);
    expect(weights.Weights.has(chain.state, 1, 0)).toBe(false);
    stepTo(chain, 10);
    expect(pairsOf(weights.Weights.get(chain.state, 1, 0))).toEqual([[1, 65_535]]);
    expect(neurons.Incentive.get(chain.state, 1)).toEqual([0, 65_535, 0]);
  });

  it("a deferred subnet reveals one block later, with its epoch", () => {
    const chain = chainOf(1, 2, 3);
    stepTo(chain, 5);
    weights.TimelockedWeightCommits.set(
      chain.state,
      [3, 0n],
      [[hotkey(0), 5n, sealWeights(hotkey(0), ROUND, [1], [1]), ROUND]],
    );
    publish(chain, ROUND);
    stepTo(chain, 10);
    expect(weights.Weights.has(chain.state, 3, 0)).toBe(false);
    stepTo(chain, 11);
    expect(weights.Weights.has(chain.state, 3, 0)).toBe(true);
  });

  it("children count from the first epoch after their waiting time", () => {
    const chain = chainOf(1);
    const children: [bigint, `0x${string}`][] = [[2n ** 63n, hotkey(1)]];
    stakes.PendingChildKeys.set(chain.state, [1, hotkey(0)], [children, 12n]);
    stepTo(chain, 19);
    expect(stakes.ChildKeys.get(chain.state, hotkey(0), 1)).toEqual([]);
    stepTo(chain, 20);
    expect(stakes.ChildKeys.get(chain.state, hotkey(0), 1)).toEqual(children);
    expect(stakes.ParentKeys.get(chain.state, hotkey(1), 1)).toEqual([[2n ** 63n, hotkey(0)]]);
    expect(chain.takeEvents()).toContain(toHex(events.SetChildren(hotkey(0), 1, children)));
  });

  it("clients can follow the schedule: what they compute is what the block's start does", () => {
    const chain = chainOf(1);
    epochs.PendingEpochAt.set(chain.state, [1], 14n);
    for (let block = 2; block <= 40; block++) {
      const before = scheduleOf(chain.state, 1);
      stepTo(chain, block);
      expect([block, scheduleOf(chain.state, 1)]).toEqual([block, advanceSchedule(before, block)]);
      expect([block, epochsOf(chain, 1)]).toEqual([block, epochAt(before, block)]);
    }
  });
});
