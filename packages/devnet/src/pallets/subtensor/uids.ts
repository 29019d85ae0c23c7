import type { Hex } from "@neurond/primitives";
import type { State } from "../../state/state.ts";
import * as neurons from "./storage/neurons.ts";
import { Bonds, Weights } from "./storage/weights.ts";
import { indicesOf } from "./weights/place.ts";

/** Gives a hotkey the next free uid. */
export function appendNeuron(state: State, netuid: number, hotkey: Hex, block: number): number {
  const uid = neurons.SubnetworkN.get(state, netuid);
  neurons.SubnetworkN.set(state, [netuid], uid + 1);
  neurons.Active.update(state, [netuid], (flags) => withEntry(flags, uid, true, false));
  neurons.ValidatorPermit.update(state, [netuid], (flags) => withEntry(flags, uid, false, false));
  neurons.Emission.update(state, [netuid], (values) => withEntry(values, uid, 0n, 0n));
  for (const item of [neurons.Consensus, neurons.Dividends, neurons.ValidatorTrust]) {
    item.update(state, [netuid], (values) => withEntry(values, uid, 0, 0));
  }
  for (const index of indicesOf(state, netuid)) {
    neurons.Incentive.update(state, [index], (values) => withEntry(values, uid, 0, 0));
  }
  seat(state, netuid, uid, hotkey, block);
  return uid;
}

/** Gives a uid to another hotkey; nothing of the old one's standing is left to it. */
export function replaceNeuron(
  state: State,
  netuid: number,
  uid: number,
  hotkey: Hex,
  block: number,
): void {
  const old = neurons.Keys.get(state, netuid, uid);
  neurons.Uids.remove(state, netuid, old);
  neurons.IsNetworkMember.remove(state, old, netuid);
  neurons.Axons.remove(state, netuid, old);
  neurons.NeuronCertificates.remove(state, netuid, old);
  neurons.Prometheus.remove(state, netuid, old);
  clearStanding(state, netuid, uid);
  neurons.Active.update(state, [netuid], (flags) => withEntry(flags, uid, true, false));
  seat(state, netuid, uid, hotkey, block);
}

function clearStanding(state: State, netuid: number, uid: number): void {
  neurons.Emission.update(state, [netuid], (values) => withEntry(values, uid, 0n, 0n));
  const shares = [neurons.Consensus, neurons.Dividends, neurons.ValidatorTrust];
  for (const item of shares) item.update(state, [netuid], (all) => withEntry(all, uid, 0, 0));
  // Not extended at registration: shorter than the subnet until the next epoch.
  neurons.StakeWeight.update(state, [netuid], (all) =>
    uid < all.length ? withEntry(all, uid, 0, 0) : all,
  );
  neurons.ValidatorPermit.update(state, [netuid], (all) => withEntry(all, uid, false, false));
  for (const index of indicesOf(state, netuid)) {
    neurons.Incentive.update(state, [index], (all) => withEntry(all, uid, 0, 0));
    Weights.remove(state, index, uid);
    Bonds.remove(state, index, uid);
    forgetWeightsToward(state, index, uid);
  }
}

/** Others judged the old neuron: their entries stay, worth nothing. */
function forgetWeightsToward(state: State, index: number, uid: number): void {
  for (const [[, from], row] of Weights.entries(state, index)) {
    const forgotten = row.map((value, at) => (at % 2 === 1 && row[at - 1] === uid ? 0 : value));
    if (forgotten.some((value, at) => value !== row[at])) {
      Weights.set(state, [index, from], forgotten);
    }
  }
}

function seat(state: State, netuid: number, uid: number, hotkey: Hex, block: number): void {
  neurons.Keys.set(state, [netuid, uid], hotkey);
  neurons.Uids.set(state, [netuid, hotkey], uid);
  neurons.BlockAtRegistration.set(state, [netuid, uid], BigInt(block));
  neurons.IsNetworkMember.set(state, [hotkey, netuid], true);
  for (const index of indicesOf(state, netuid)) {
    neurons.LastUpdate.update(state, [index], (all) => withEntry(all, uid, BigInt(block), 0n));
  }
}

/** The list with `value` at `uid`, padded when it was shorter. */
function withEntry<T>(list: readonly T[], uid: number, value: T, missing: T): T[] {
  const copy = [...list];
  while (copy.length < uid) copy.push(missing);
  copy[uid] = value;
  return copy;
}
