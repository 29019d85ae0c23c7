import {
  type Coldkey,
  type Hotkey,
  type Mecid,
  type Netuid,
  toBlockNumber,
  toRao,
  toUid,
  weightsIndex,
  ZERO_ACCOUNT,
} from "@neurond/primitives";
import {
  asBlockNumber,
  asColdkey,
  asHotkey,
  asList,
  asNumber,
  asRecord,
  asText,
} from "../codec/value.ts";
import type { Metagraph, Neuron } from "../metagraph.ts";
import type { State } from "../state.ts";
import { readInheritedStake } from "./inherited-stake.ts";
import { coldkeyOrNone, hotkeyOrNone, indexByHotkey } from "./metagraph-decode.ts";
import { type NeuronColumns, neuronAt } from "./neuron-columns.ts";
import { axonOf } from "./serving.ts";

const SM = "SubtensorModule";

/** The metagraph from storage items: tens of paged requests instead of one, and nothing per uid. */
export async function metagraphFromStorage(
  state: State,
  netuid: Netuid,
  mecid: Mecid,
): Promise<Metagraph> {
  const hotkeys = await readHotkeys(state, netuid);
  const [subnet, columns, owners, axons, registered, stakes] = await Promise.all([
    readSubnet(state, netuid),
    readColumns(state, netuid, weightsIndex(netuid, mecid)),
    readOwners(state, hotkeys),
    readMap(state, "Axons", netuid, axonOf),
    readMap(state, "BlockAtRegistration", netuid, asNumber),
    readInheritedStake(state, netuid, hotkeys),
  ]);
  const neurons = hotkeys.map((hotkey, uid): Neuron => {
    const stake = stakes[uid];
    return {
      uid: toUid(uid),
      hotkey,
      coldkey: owners[uid] ?? ZERO_ACCOUNT,
      blockAtRegistration: toBlockNumber(registered.get(uid) ?? 0),
      ...neuronAt(columns, uid),
      alphaStake: toRao(stake?.alpha ?? 0n),
      taoStake: toRao(stake?.tao ?? 0n),
      totalStake: toRao(stake?.total ?? 0n),
      axon: axons.get(hotkey),
    };
  });
  return {
    netuid,
    mecid,
    block: state.block.number,
    blockHash: state.block.hash,
    ...subnet,
    neurons,
    byHotkey: indexByHotkey(neurons),
  };
}

/** By uid; a gap (none is known to exist) shows as the zero account. */
async function readHotkeys(state: State, netuid: Netuid): Promise<readonly Hotkey[]> {
  const [count, keys] = await Promise.all([
    state.get(SM, "SubnetworkN", netuid),
    state.entries(SM, "Keys", netuid),
  ]);
  const hotkeys: Hotkey[] = Array.from({ length: asNumber(count) }, () => ZERO_ACCOUNT);
  for (const {
    keys: [, uid],
    value,
  } of keys) {
    if (asNumber(uid) < hotkeys.length) hotkeys[asNumber(uid)] = asHotkey(value);
  }
  return hotkeys;
}

async function readSubnet(state: State, netuid: Netuid) {
  const [tempo, ownerHotkey, ownerColdkey, registeredAt, symbol, identity] = await state.many([
    [SM, "Tempo", netuid],
    [SM, "SubnetOwnerHotkey", netuid],
    [SM, "SubnetOwner", netuid],
    [SM, "NetworkRegisteredAt", netuid],
    [SM, "TokenSymbol", netuid],
    [SM, "SubnetIdentitiesV3", netuid],
  ]);
  return {
    name: nameOf(netuid, identity),
    symbol: symbol === undefined ? "" : asText(symbol),
    tempo: asNumber(tempo),
    ownerHotkey: ownerHotkey === undefined ? undefined : hotkeyOrNone(ownerHotkey),
    ownerColdkey: ownerColdkey === undefined ? undefined : coldkeyOrNone(ownerColdkey),
    registeredAt: asBlockNumber(registeredAt ?? 0),
  };
}

/** The runtime's own words for a subnet that has no name; it knows a few old ones besides. */
function nameOf(netuid: Netuid, identity: unknown): string {
  const name = identity === undefined ? "" : asText(asRecord(identity)["subnet_name"]);
  if (name !== "") return name;
  return netuid === 0 ? "root" : "unknown";
}

/** Vectors by uid; those of the epoch's work go by mechanism. */
async function readColumns(state: State, netuid: Netuid, index: number): Promise<NeuronColumns> {
  const values = await state.many([
    [SM, "Active", netuid],
    [SM, "ValidatorPermit", netuid],
    [SM, "LastUpdate", index],
    [SM, "Emission", netuid],
    [SM, "Incentive", index],
    [SM, "Dividends", netuid],
    [SM, "Consensus", netuid],
    [SM, "ValidatorTrust", netuid],
  ]);
  const [active, permits, updates, emission, incentives, dividends, consensus, trust] = values.map(
    (value) => asList(value ?? []),
  );
  return {
    active: active ?? [],
    permits: permits ?? [],
    updates: updates ?? [],
    emission: emission ?? [],
    incentives: incentives ?? [],
    dividends: dividends ?? [],
    consensus: consensus ?? [],
    trust: trust ?? [],
  };
}

async function readOwners(state: State, hotkeys: readonly Hotkey[]): Promise<readonly Coldkey[]> {
  const owners = await state.many(hotkeys.map((hotkey) => [SM, "Owner", hotkey] as const));
  return owners.map(asColdkey);
}

/** A map of the subnet by its second key. */
async function readMap<T>(
  state: State,
  item: string,
  netuid: Netuid,
  read: (value: unknown) => T,
): Promise<Map<unknown, T>> {
  const entries = await state.entries(SM, item, netuid);
  return new Map(entries.map(({ keys, value }) => [keys[1], read(value)]));
}
