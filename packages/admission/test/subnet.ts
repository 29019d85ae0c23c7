import type { Subnet, SubnetNeuron } from "@neurond/admission";
import {
  coldkeyOf,
  type Hotkey,
  hotkeyOf,
  toBlockNumber,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";

export const hotkey = (byte: number): Hotkey => hotkeyOf(new Uint8Array(32).fill(byte));
export const coldkey = (byte: number) => coldkeyOf(new Uint8Array(32).fill(byte));
export const NETUID = toNetuid(2);

/** A neuron without permit or stake. */
export function neuronOf(byte: number, more: Partial<SubnetNeuron> = {}): SubnetNeuron {
  return {
    uid: toUid(byte),
    hotkey: hotkey(byte),
    coldkey: coldkey(100 + byte),
    validatorPermit: false,
    alphaStake: toRao(0n),
    totalStake: toRao(0n),
    ...more,
  };
}

export function subnetOf(neurons: readonly SubnetNeuron[], block = 9): Subnet {
  return {
    netuid: NETUID,
    block: toBlockNumber(block),
    byHotkey: new Map(neurons.map((neuron) => [neuron.hotkey, neuron])),
  };
}
