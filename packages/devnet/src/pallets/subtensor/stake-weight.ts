import type { Hex } from "@neurond/primitives";
import type { StateReader } from "../../state/state.ts";
import { type I64F64, stakeWeight } from "../../yuma/stake.ts";
import { SubnetOwnerHotkey } from "./storage/networks.ts";
import {
  ChildKeys,
  ParentKeys,
  StakeThreshold,
  TaoWeight,
  TotalHotkeyAlpha,
} from "./storage/stake.ts";

const U64_MAX = 2n ** 64n - 1n;
const ROOT = 0;

/** What a neuron's stake counts for: rao of alpha and of TAO after inheritance, and their weighted sum. */
export interface NeuronStake {
  readonly alpha: bigint;
  readonly tao: bigint;
  readonly total: I64F64;
}

/** The stake weight of a hotkey on a subnet (`get_stake_weights_for_hotkey_on_subnet`). */
export function neuronStake(state: StateReader, hotkey: Hex, netuid: number): NeuronStake {
  const alpha = inheritedStake(state, hotkey, netuid, netuid);
  const tao = inheritedStake(state, hotkey, ROOT, netuid);
  return { alpha, tao, total: stakeWeight(alpha, tao, TaoWeight.get(state)) };
}

/**
 * The same for many hotkeys. Most of a subnet's neurons have no stake and no relatives: what exists
 * is read once, instead of asking for everybody's.
 */
export function neuronStakes(
  state: StateReader,
  hotkeys: readonly Hex[],
  netuid: number,
): NeuronStake[] {
  const alpha = new Map<Hex, bigint>();
  const tao = new Map<Hex, bigint>();
  for (const [[hotkey, on], amount] of TotalHotkeyAlpha.entries(state)) {
    if (on === netuid) alpha.set(hotkey, amount);
    if (on === ROOT) tao.set(hotkey, amount);
  }
  const related = new Set<Hex>();
  for (const item of [ChildKeys, ParentKeys])
    for (const [[hotkey, on]] of item.entries(state)) if (on === netuid) related.add(hotkey);
  const taoWeight = TaoWeight.get(state);
  return hotkeys.map((hotkey) => {
    if (related.has(hotkey)) return neuronStake(state, hotkey, netuid);
    const own = { alpha: alpha.get(hotkey) ?? 0n, tao: tao.get(hotkey) ?? 0n };
    return { ...own, total: stakeWeight(own.alpha, own.tao, taoWeight) };
  });
}

/**
 * Stake on `netuid`, without what the hotkey's children got and with what its parents gave by the
 * relations of `relationsOf`. The pallet computes in U96F32 and cuts the sum to whole rao.
 */
export function inheritedStake(
  state: StateReader,
  hotkey: Hex,
  netuid: number,
  relationsOf: number,
): bigint {
  const own = TotalHotkeyAlpha.get(state, hotkey, netuid);
  let given = 0n;
  for (const [proportion] of ChildKeys.get(state, hotkey, relationsOf))
    given += part(own, proportion);
  let received = 0n;
  for (const [proportion, parent] of ParentKeys.get(state, hotkey, relationsOf))
    received += part(TotalHotkeyAlpha.get(state, parent, netuid), proportion);
  const kept = (own << 32n) - given;
  return ((kept > 0n ? kept : 0n) + received) >> 32n;
}

/** stake·proportion as U96F32 bits. */
const part = (stake: bigint, proportion: bigint): bigint => stake * ((proportion << 32n) / U64_MAX);

/** Whether a hotkey has the stake that setting weights takes; the subnet owner needs none. */
export function hasStakeForWeights(state: StateReader, hotkey: Hex, netuid: number): boolean {
  if (SubnetOwnerHotkey.get(state, netuid) === hotkey) return true;
  const threshold = StakeThreshold.get(state);
  return threshold === 0n || neuronStake(state, hotkey, netuid).total >> 64n >= threshold;
}
