import { type Hotkey, type Netuid, toNetuid } from "@neurond/primitives";
import { asBigint, asHotkey, asList } from "../codec/value.ts";
import type { State } from "../state.ts";

/** A neuron's stake after inheritance, in rao. */
export interface InheritedStake {
  readonly alpha: bigint;
  readonly tao: bigint;
  /** alpha + tao · TaoWeight: what votes. */
  readonly total: bigint;
}

/** A relative and the share of stake that goes over, of 2^64 - 1. */
type Relatives = readonly (readonly [proportion: bigint, hotkey: Hotkey])[];

const SM = "SubtensorModule";
const ROOT = toNetuid(0);
const U64_MAX = 2n ** 64n - 1n;
/** The pallet reckons in U96F32. */
const FRACTION = 32n;

/** Stake of each hotkey on a subnet as the pallet weighs it: children give, parents add. */
export async function readInheritedStake(
  state: State,
  netuid: Netuid,
  hotkeys: readonly Hotkey[],
): Promise<readonly InheritedStake[]> {
  if (!state.has(SM, "TotalHotkeyAlpha")) return stakeBeforeTokens(state, hotkeys);
  const [children, parents, taoWeight] = await Promise.all([
    readRelatives(state, "ChildKeys", netuid, hotkeys),
    readRelatives(state, "ParentKeys", netuid, hotkeys),
    state.find(SM, "TaoWeight"),
  ]);
  const relevant = [...new Set([...hotkeys, ...parents.flat().map(([, hotkey]) => hotkey)])];
  const [alpha, tao] = await Promise.all([
    readPools(state, netuid, relevant),
    readPools(state, ROOT, relevant),
  ]);
  const weight = (asBigint(taoWeight ?? 0n) << FRACTION) / U64_MAX;
  return hotkeys.map((hotkey, index) => {
    const relatives = [children[index] ?? [], parents[index] ?? []] as const;
    const own = inherited(alpha, hotkey, ...relatives);
    const root = inherited(tao, hotkey, ...relatives);
    return { alpha: own, tao: root, total: own + ((root * weight) >> FRACTION) };
  });
}

function inherited(
  pools: ReadonlyMap<Hotkey, bigint>,
  hotkey: Hotkey,
  children: Relatives,
  parents: Relatives,
): bigint {
  const own = (pools.get(hotkey) ?? 0n) << FRACTION;
  const given = sum(children.map(([proportion]) => portion(own, proportion)));
  const received = sum(
    parents.map(([proportion, parent]) =>
      portion((pools.get(parent) ?? 0n) << FRACTION, proportion),
    ),
  );
  const left = own > given ? own - given : 0n;
  return (left + received) >> FRACTION;
}

function portion(stake: bigint, proportion: bigint): bigint {
  return (stake * ((proportion << FRACTION) / U64_MAX)) >> FRACTION;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => a + b, 0n);
}

async function readRelatives(
  state: State,
  item: "ChildKeys" | "ParentKeys",
  netuid: Netuid,
  hotkeys: readonly Hotkey[],
): Promise<readonly Relatives[]> {
  const lists = await state.many(hotkeys.map((hotkey) => [SM, item, hotkey, netuid] as const));
  return lists.map((list) =>
    asList(list ?? []).map((pair) => {
      const [proportion, hotkey] = asList(pair);
      return [asBigint(proportion), asHotkey(hotkey)] as const;
    }),
  );
}

async function readPools(
  state: State,
  netuid: Netuid,
  hotkeys: readonly Hotkey[],
): Promise<ReadonlyMap<Hotkey, bigint>> {
  const pools = await state.many(
    hotkeys.map((hotkey) => [SM, "TotalHotkeyAlpha", hotkey, netuid] as const),
  );
  return new Map(hotkeys.map((hotkey, index) => [hotkey, asBigint(pools[index] ?? 0n)]));
}

/** One stake in TAO for all subnets. */
async function stakeBeforeTokens(
  state: State,
  hotkeys: readonly Hotkey[],
): Promise<readonly InheritedStake[]> {
  const stakes = await state.many(
    hotkeys.map((hotkey) => [SM, "TotalHotkeyStake", hotkey] as const),
  );
  return stakes.map((stake) => {
    const tao = asBigint(stake ?? 0n);
    return { alpha: 0n, tao, total: tao };
  });
}
