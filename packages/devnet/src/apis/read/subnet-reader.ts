import type { Hex } from "@neurond/primitives";
import type { ApiView } from "../../frame/pallet.ts";
import { type NeuronStake, neuronStakes } from "../../pallets/subtensor/stake-weight.ts";
import { NetworksAdded } from "../../pallets/subtensor/storage/networks.ts";
import * as neurons from "../../pallets/subtensor/storage/neurons.ts";
import { Owner } from "../../pallets/subtensor/storage/stake.ts";
import type { StateReader } from "../../state/state.ts";

/** A subnet at one block; lists that several fields share are read once. */
export class SubnetReader {
  readonly view: ApiView;
  readonly state: StateReader;
  readonly netuid: number;
  /** Storage index of the mechanism that incentive and last update are read from. */
  readonly index: number;
  #hotkeys: Hex[] | undefined;
  #coldkeys: Hex[] | undefined;
  #stakes: NeuronStake[] | undefined;

  constructor(view: ApiView, netuid: number, index = netuid) {
    this.view = view;
    this.state = view.state;
    this.netuid = netuid;
    this.index = index;
  }

  /** Hotkeys in order of uid. */
  get hotkeys(): Hex[] {
    this.#hotkeys ??= this.uids.map((uid) => neurons.Keys.get(this.state, this.netuid, uid));
    return this.#hotkeys;
  }

  get coldkeys(): Hex[] {
    this.#coldkeys ??= this.hotkeys.map((hotkey) => Owner.get(this.state, hotkey));
    return this.#coldkeys;
  }

  get stakes(): NeuronStake[] {
    this.#stakes ??= neuronStakes(this.state, this.hotkeys, this.netuid);
    return this.#stakes;
  }

  get uids(): number[] {
    const count = neurons.SubnetworkN.get(this.state, this.netuid);
    return Array.from({ length: count }, (_, uid) => uid);
  }
}

/** A reader when the subnet exists. */
export const existingSubnet = (view: ApiView, netuid: number): SubnetReader | undefined =>
  NetworksAdded.get(view.state, netuid) ? new SubnetReader(view, netuid) : undefined;

/** Every netuid, root first. */
export const allNetuids = ({ state }: ApiView): number[] =>
  [...NetworksAdded.entries(state)]
    .flatMap(([[netuid], exists]) => (exists ? [netuid] : []))
    .sort((a, b) => a - b);
