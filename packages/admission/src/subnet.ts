import type { BlockNumber, Coldkey, Hotkey, Netuid, Rao, Uid } from "@neurond/primitives";

/** What of a neuron decides whether it may call; a row of `@neurond/chain`'s metagraph is one. */
export interface SubnetNeuron {
  readonly uid: Uid;
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
  readonly validatorPermit: boolean;
  /** Alpha alone, and alpha with its share of root TAO, both with what parents and children lend. */
  readonly alphaStake: Rao;
  readonly totalStake: Rao;
  /** Where it says it serves; no caller is judged by it, firewalls may be. */
  readonly axon?: { readonly ip: string } | undefined;
}

/** A subnet as it stood at one block: so much of a metagraph as callers are judged by. */
export interface Subnet {
  readonly netuid: Netuid;
  readonly block: BlockNumber;
  readonly byHotkey: ReadonlyMap<Hotkey, SubnetNeuron>;
}
