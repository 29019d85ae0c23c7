import type { Hex } from "@neurond/primitives";
import type { StorageItem } from "../../frame/storage.ts";
import type { State } from "../../state/state.ts";
import { addStake, removeStake, stakersOf } from "./shares.ts";
import { SubnetOwnerHotkey } from "./storage/networks.ts";
import * as neurons from "./storage/neurons.ts";
import { ChildKeys, ParentKeys, PendingChildKeys } from "./storage/stake.ts";
import { TimelockedWeightCommits, WeightCommits } from "./storage/weights.ts";
import type { Relatives } from "./types.ts";
import { indicesOf } from "./weights/place.ts";

/** Puts another hotkey in a neuron's place: uid, endpoints, commits and relations go with it. */
export function moveNeuron(state: State, netuid: number, from: Hex, to: Hex): void {
  const uid = neurons.Uids.get(state, netuid, from);
  if (uid !== undefined) {
    neurons.Uids.remove(state, netuid, from);
    neurons.Uids.set(state, [netuid, to], uid);
    neurons.Keys.set(state, [netuid, uid], to);
    neurons.IsNetworkMember.remove(state, from, netuid);
    neurons.IsNetworkMember.set(state, [to, netuid], true);
  }
  moveEntry(state, neurons.Axons, [netuid, from], [netuid, to]);
  moveEntry(state, neurons.Prometheus, [netuid, from], [netuid, to]);
  moveEntry(state, neurons.NeuronCertificates, [netuid, from], [netuid, to]);
  moveCommits(state, netuid, from, to);
  moveRelations(state, netuid, from, to);
  if (SubnetOwnerHotkey.get(state, netuid) === from) SubnetOwnerHotkey.set(state, [netuid], to);
}

/** Stake behind the old hotkey stands behind the new one, coldkey by coldkey. */
export function moveStakers(state: State, netuid: number, from: Hex, to: Hex): void {
  for (const { amount, ...position } of [...stakersOf(state, from, netuid)]) {
    removeStake(state, position, amount);
    addStake(state, { ...position, hotkey: to }, amount);
  }
}

function moveCommits(state: State, netuid: number, from: Hex, to: Hex): void {
  for (const index of indicesOf(state, netuid)) {
    moveEntry(state, WeightCommits, [index, from], [index, to]);
    for (const [key, commits] of [...TimelockedWeightCommits.entries(state, index)]) {
      if (!commits.some(([hotkey]) => hotkey === from)) continue;
      const renamed = commits.map(
        ([hotkey, ...rest]) => [hotkey === from ? to : hotkey, ...rest] as (typeof commits)[number],
      );
      TimelockedWeightCommits.set(state, key, renamed);
    }
  }
}

/** Parents name their children and children their parents: both ends are rewritten. */
function moveRelations(state: State, netuid: number, from: Hex, to: Hex): void {
  const rename = (all: Relatives): Relatives =>
    all.map(([proportion, key]) => [proportion, key === from ? to : key]);
  for (const [, child] of ChildKeys.get(state, from, netuid)) {
    ParentKeys.update(state, [child, netuid], rename);
  }
  for (const [, parent] of ParentKeys.get(state, from, netuid)) {
    ChildKeys.update(state, [parent, netuid], rename);
  }
  moveEntry(state, ChildKeys, [from, netuid], [to, netuid]);
  moveEntry(state, ParentKeys, [from, netuid], [to, netuid]);
  moveEntry(state, PendingChildKeys, [netuid, from], [netuid, to]);
}

function moveEntry<Keys extends readonly unknown[], Value, Read extends Value | undefined>(
  state: State,
  item: StorageItem<Keys, Value, Read>,
  from: Keys,
  to: Keys,
): void {
  if (!item.has(state, ...from)) return;
  const value = item.get(state, ...from);
  item.remove(state, ...from);
  if (value !== undefined) item.set(state, to, value);
}
