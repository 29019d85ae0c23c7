import type { BlockNumber, Hotkey, Netuid, Rao, Uid } from "@neurond/primitives";

/** Balance and nonce of an account; zero for one that does not exist. */
export interface Account {
  readonly nonce: number;
  readonly free: Rao;
  readonly reserved: Rao;
  readonly frozen: Rao;
}

/** Whether a hotkey holds a uid, and since when: carry all three, a uid changes hands. */
export type Registration =
  | {
      readonly kind: "registered";
      readonly hotkey: Hotkey;
      readonly uid: Uid;
      readonly blockAtRegistration: BlockNumber;
    }
  | { readonly kind: "unregistered"; readonly hotkey: Hotkey };

/** A hotkey on a subnet. */
export interface NeuronId {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
}

/** Which limits stand between a hotkey and its next write; blocks counted from the next block. */
export interface Windows {
  readonly registration: Registration;
  /** 0 = open. */
  readonly weightsBlocks: number;
  readonly axonBlocks: number;
  readonly prometheusBlocks: number;
  readonly commitmentBytesLeft: number;
  /** Block from which `commitmentBytesLeft` is whole again. */
  readonly commitmentResetsAt: BlockNumber;
}
