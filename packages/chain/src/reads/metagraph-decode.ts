import {
  type Coldkey,
  type Hotkey,
  type Mecid,
  splitWeightsIndex,
  toUid,
  ZERO_ACCOUNT,
} from "@neurond/primitives";
import type { Runtime } from "../codec/runtime.ts";
import {
  asBlockNumber,
  asColdkey,
  asHotkey,
  asList,
  asNumber,
  asRao,
  asRecord,
  asText,
} from "../codec/value.ts";
import { chainError } from "../errors.ts";
import type { Head } from "../head.ts";
import type { Metagraph, Neuron } from "../metagraph.ts";
import { neuronAt } from "./neuron-columns.ts";
import { axonOf } from "./serving.ts";

/** Decodes the answer bytes of `get_metagraph` or `get_mechagraph` with the runtime's own types. */
export function decodeMetagraph(
  runtime: Runtime,
  bytes: Uint8Array,
  validatorTrust: readonly number[],
  mecid: Mecid,
  block: Head,
): Metagraph {
  const method = mecid === 0 ? "get_metagraph" : "get_mechagraph";
  const answer = runtime.api("SubnetInfoRuntimeApi", method)?.decode(bytes);
  if (answer === undefined) throw chainError("SUBNET_NOT_FOUND", "the answer holds no metagraph");
  return metagraphOf(answer, validatorTrust, mecid, block);
}

/** A decoded `Metagraph` record of the runtime, columns turned into neurons. */
export function metagraphOf(
  answer: unknown,
  validatorTrust: readonly number[],
  mecid: Mecid,
  { hash, number }: Head,
): Metagraph {
  const record = asRecord(answer);
  const column = (name: string) => asList(record[name]);
  const hotkeys = column("hotkeys");
  const coldkeys = column("coldkeys");
  const axons = column("axons");
  const columns = {
    active: column("active"),
    permits: column("validator_permit"),
    updates: column("last_update"),
    emission: column("emission"),
    incentives: column("incentives"),
    dividends: column("dividends"),
    consensus: column("consensus"),
    trust: validatorTrust,
  };
  const registered = column("block_at_registration");
  const alphaStake = column("alpha_stake");
  const taoStake = column("tao_stake");
  const totalStake = column("total_stake");
  const neurons = hotkeys.map(
    (hotkey, uid): Neuron => ({
      uid: toUid(uid),
      hotkey: asHotkey(hotkey),
      coldkey: asColdkey(coldkeys[uid]),
      blockAtRegistration: asBlockNumber(registered[uid] ?? 0),
      ...neuronAt(columns, uid),
      alphaStake: asRao(alphaStake[uid] ?? 0n),
      taoStake: asRao(taoStake[uid] ?? 0n),
      totalStake: asRao(totalStake[uid] ?? 0n),
      axon: axonOf(axons[uid]),
    }),
  );
  return {
    // Of a mechanism the runtime gives the storage index here.
    netuid: splitWeightsIndex(asNumber(record["netuid"])).netuid,
    mecid,
    block: number,
    blockHash: hash,
    name: asText(record["name"]),
    symbol: asText(record["symbol"]),
    tempo: asNumber(record["tempo"]),
    ownerHotkey: hotkeyOrNone(record["owner_hotkey"]),
    ownerColdkey: coldkeyOrNone(record["owner_coldkey"]),
    registeredAt: asBlockNumber(record["network_registered_at"] ?? 0),
    neurons,
    byHotkey: indexByHotkey(neurons),
  };
}

/** Neurons by hotkey. */
export function indexByHotkey(neurons: readonly Neuron[]): ReadonlyMap<Hotkey, Neuron> {
  return new Map(neurons.map((neuron) => [neuron.hotkey, neuron]));
}

/** The zero account stands for none. */
export function hotkeyOrNone(value: unknown): Hotkey | undefined {
  const key = asHotkey(value);
  return key === ZERO_ACCOUNT ? undefined : key;
}

/** The zero account stands for none. */
export function coldkeyOrNone(value: unknown): Coldkey | undefined {
  const key = asColdkey(value);
  return key === ZERO_ACCOUNT ? undefined : key;
}
