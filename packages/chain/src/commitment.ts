import type { BlockNumber, Hex, Hotkey, Netuid } from "@neurond/primitives";

/** One field of a commitment. `raw` covers both Raw0..Raw128 and BigRaw, which differ by length only. */
export type CommitmentField =
  | { readonly kind: "none" }
  | { readonly kind: "raw"; readonly bytes: Uint8Array }
  | {
      readonly kind: "blake2-256" | "sha-256" | "keccak-256" | "sha3-256";
      readonly hash: Uint8Array;
    }
  | { readonly kind: "timelocked"; readonly encrypted: Uint8Array; readonly round: bigint }
  | { readonly kind: "reset-bonds" };

/** What a hotkey has committed on a subnet, as stored. */
export interface Commitment {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  /** Block in which it was set. */
  readonly block: BlockNumber;
  readonly fields: readonly CommitmentField[];
}

/** Plaintexts of timelocked commitments; the chain keeps the last ten. */
export interface RevealedCommitment {
  readonly hotkey: Hotkey;
  readonly block: BlockNumber;
  readonly plaintext: Uint8Array;
}

/** A `set_commitment` seen in a block and confirmed by its success event. */
export interface CommitmentSeen extends Commitment {
  readonly blockHash: Hex;
  readonly extrinsicIndex: number;
  readonly extrinsicHash: Hex;
}

/** The commitments of one block, as far as the node can still say. */
export interface BlockCommitments {
  readonly block: BlockNumber;
  readonly blockHash: Hex;
  /** What its author said the time was; undefined when the block does not decode that far. */
  readonly timeMs: number | undefined;
  /**
   * Whether success events chose among the calls. Without the block's state there are none: then these
   * are the calls that were signed and included, of accounts that the extrinsic names.
   */
  readonly isConfirmed: boolean;
  readonly commitments: readonly CommitmentSeen[];
}
