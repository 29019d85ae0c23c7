import { describe, expect, it } from "vitest";
import { uidToPrune } from "../../src/pallets/subtensor/prune.ts";
import type { TestChain } from "../context.ts";
import { networks, neurons, stakes } from "./storage.ts";
import { chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

const BLOCK = 1_000;

interface Seat {
  readonly emission: bigint;
  readonly registered: bigint;
}

/** Immune are those who registered after block 900. */
function subnetOf(seats: readonly Seat[]): TestChain {
  const chain = chainWithSubnet({ n: seats.length, validators: 0 });
  const { state } = chain;
  neurons.ImmunityPeriod.set(state, [NETUID], 100);
  neurons.MinNonImmuneUids.set(state, [NETUID], 1);
  neurons.Emission.set(
    state,
    [NETUID],
    seats.map(({ emission }) => emission),
  );
  for (const [uid, { registered }] of seats.entries()) {
    neurons.BlockAtRegistration.set(state, [NETUID, uid], registered);
  }
  return chain;
}

const pruned = ({ state }: TestChain) => uidToPrune(state, NETUID, BLOCK);
const old = (emission: bigint, registered = 1n): Seat => ({ emission, registered });
const fresh = (emission: bigint, registered = 950n): Seat => ({ emission, registered });

describe("the neuron that makes room", () => {
  it.each<[what: string, seats: Seat[], uid: number]>([
    ["is the one that earned least", [old(5n), old(3n), old(4n)], 1],
    ["among equals is the oldest", [old(3n, 20n), old(3n, 10n), old(3n, 30n)], 1],
    ["among equals of one age has the lowest uid", [old(4n), old(3n), old(3n)], 1],
    ["is not a fresh one that earned nothing", [old(5n), fresh(0n), old(4n)], 2],
    ["is a fresh one when too few others are left", [old(5n), fresh(1n), fresh(0n)], 2],
    ["is an old one all the same when all are old", [old(9n)], 0],
    [
      "counts as fresh up to the last block of its immunity",
      [old(5n), old(5n), fresh(0n, 901n)],
      0,
    ],
    ["is exposed in the block after", [old(5n), old(5n), fresh(0n, 900n)], 2],
  ])("%s", (_what, seats, uid) => expect(pruned(subnetOf(seats))).toBe(uid));

  it("is never the owner's hotkey", () => {
    const chain = subnetOf([old(0n), old(1n), old(2n)]);
    networks.SubnetOwner.set(chain.state, [NETUID], coldkey(0));
    networks.SubnetOwnerHotkey.set(chain.state, [NETUID], hotkey(0));
    expect(pruned(chain)).toBe(1);
  });

  it("may be another hotkey of the owner beyond the limit, which is one", () => {
    const chain = subnetOf([old(9n), old(0n, 5n), old(1n, 2n)]);
    const { state } = chain;
    networks.SubnetOwner.set(state, [NETUID], coldkey(1));
    networks.SubnetOwnerHotkey.set(state, [NETUID], hotkey(1));
    stakes.Owner.set(state, [hotkey(2)], coldkey(1));
    expect(pruned(chain)).toBe(2);
    neurons.ImmuneOwnerUidsLimit.set(state, [NETUID], 2);
    expect(pruned(chain)).toBe(0);
  });

  it("prefers the owner's hotkey to older ones of the owner when only one can stay", () => {
    const chain = subnetOf([old(1n, 1n), old(0n, 50n), old(9n)]);
    const { state } = chain;
    networks.SubnetOwner.set(state, [NETUID], coldkey(0));
    stakes.Owner.set(state, [hotkey(1)], coldkey(0));
    networks.SubnetOwnerHotkey.set(state, [NETUID], hotkey(1));
    expect(pruned(chain)).toBe(0);
  });

  it("is nobody in an empty subnet", () => expect(pruned(subnetOf([]))).toBeUndefined());
});
