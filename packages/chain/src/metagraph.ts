import type {
  BlockNumber,
  Coldkey,
  Hex,
  Hotkey,
  Mecid,
  Netuid,
  Rao,
  Uid,
} from "@neurond/primitives";
import type { Axon } from "./serving.ts";

/** One subnet (one mechanism of it) as it stood at one block; immutable. */
export interface Metagraph {
  readonly netuid: Netuid;
  readonly mecid: Mecid;
  readonly block: BlockNumber;
  readonly blockHash: Hex;
  readonly name: string;
  readonly symbol: string;
  readonly tempo: number;
  readonly ownerHotkey: Hotkey | undefined;
  readonly ownerColdkey: Coldkey | undefined;
  readonly registeredAt: BlockNumber;
  /** Index = uid. */
  readonly neurons: readonly Neuron[];
  /** The only safe way from a key to a uid, and only for writes at this very block. */
  readonly byHotkey: ReadonlyMap<Hotkey, Neuron>;
}

/** A row of the metagraph. Shares (`incentive` …) are u16, 65535 = 1. */
export interface Neuron {
  readonly uid: Uid;
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
  readonly blockAtRegistration: BlockNumber;
  /** As the last epoch stored it; see pitfall 14 of the chain specification for fresh answers. */
  readonly active: boolean;
  readonly validatorPermit: boolean;
  /** Block of the last set or commit of weights, or of the registration. 0 = never. */
  readonly lastUpdate: BlockNumber;
  readonly emission: Rao;
  readonly incentive: number;
  readonly dividends: number;
  readonly consensus: number;
  readonly validatorTrust: number;
  /** Alpha, root TAO, and their weighted sum, all with inheritance from parents and children. */
  readonly alphaStake: Rao;
  readonly taoStake: Rao;
  readonly totalStake: Rao;
  readonly axon: Axon | undefined;
}
