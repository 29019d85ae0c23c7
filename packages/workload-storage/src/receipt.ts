import { framedHash, u8, u32, u64, type Verify } from "@neurond/crypto";
import { publicKeyOf } from "@neurond/primitives";
import type { Entry } from "./entry.ts";
import { encodeParties, type Parties } from "./parties.ts";

/** A miner's promise to hold a shard, and a validator's that it handed it over. Both sign. */
export interface Receipt extends Parties, Entry {
  readonly storedBlock: number;
  /** The first block at which the shard may be forgotten. */
  readonly expiresBlock: number;
  /** Commitments to blocks of the shard, for openings; absent when none were made. */
  readonly vector?: VectorCommitments;
  /** Precommitted whole-shard answers; absent when none were made. */
  readonly tokens?: Tokens;
}

/** Root over commitments to blocks of `sectors` sectors, in curve suite 1 or 2. */
export interface VectorCommitments {
  readonly suite: 1 | 2;
  readonly sectors: number;
  readonly root: Uint8Array;
}

/** Root over so many tokens. */
export interface Tokens {
  readonly count: number;
  readonly root: Uint8Array;
}

/** A receipt with both signatures over its digest. */
export interface SignedReceipt {
  readonly receipt: Receipt;
  readonly validatorSignature: Uint8Array;
  readonly minerSignature: Uint8Array;
}

const NONE = new Uint8Array(32);

/** The 32 bytes both sides sign; absent parts are zeros. */
export function receiptDigest(receipt: Receipt): Uint8Array {
  const { shardId, root, size, storedBlock, expiresBlock, vector, tokens } = receipt;
  return framedHash(
    "receipt",
    encodeParties(receipt),
    shardId,
    root,
    u64(size),
    u64(storedBlock),
    u64(expiresBlock),
    u8(vector?.suite ?? 0),
    u32(vector?.sectors ?? 0),
    vector?.root ?? NONE,
    u32(tokens?.count ?? 0),
    tokens?.root ?? NONE,
  );
}

/** Whether both sides signed the receipt. */
export function isReceiptSigned(signed: SignedReceipt, verify: Verify): boolean {
  const { receipt, validatorSignature, minerSignature } = signed;
  const digest = receiptDigest(receipt);
  return (
    verify(publicKeyOf(receipt.validator), digest, validatorSignature) &&
    verify(publicKeyOf(receipt.miner), digest, minerSignature)
  );
}
