import type { Verify } from "@neurond/crypto";
import { CodedError, type Hotkey, type Netuid, publicKeyOf } from "@neurond/primitives";
import { compareBytes, receiptDigest, type StorageCode } from "@neurond/workload-storage";
import { type OfferedReceipt, type ShardName, shardNameOf } from "@neurond/workload-storage/io";
import type { MinerCode } from "./errors.ts";

/** What is known of an upload before its first byte is read. */
export interface Upload {
  /** The shard the target names. */
  readonly name: ShardName;
  /** Announced bytes; undefined when the body comes in chunks. */
  readonly lengthBytes: number | undefined;
}

/** What a miner signs for. */
export interface OfferRules {
  readonly netuid: Netuid;
  readonly miner: Hotkey;
  readonly maxShardBytes: number;
  readonly verify: Verify;
}

/**
 * Whether a receipt is one to sign, before a byte of its shard is read: for us, on our subnet, of the
 * shard and the bytes that are sent, signed by its validator.
 * @throws CodedError RECEIPT_INVALID, SHARD_TOO_LARGE, SIZE_MISMATCH
 */
export function checkOffer(
  { receipt, validatorSignature }: OfferedReceipt,
  { name, lengthBytes }: Upload,
  { netuid, miner, maxShardBytes, verify }: OfferRules,
): void {
  const { size, validator, storedBlock, expiresBlock } = receipt;
  if (receipt.netuid !== netuid || receipt.miner !== miner)
    throw invalid("it is for another miner");
  if (shardNameOf(receipt.shardId) !== name) throw invalid("it is for another shard");
  if (expiresBlock <= storedBlock) throw invalid("it ends before it begins");
  if (size > maxShardBytes) {
    const message = `a shard of ${size} bytes exceeds the limit of ${maxShardBytes}`;
    throw new CodedError<MinerCode>("SHARD_TOO_LARGE", message, { maxShardBytes });
  }
  if (lengthBytes !== undefined && lengthBytes !== size) {
    const message = `${lengthBytes} bytes are announced, but the receipt is for ${size}`;
    throw new CodedError<StorageCode>("SIZE_MISMATCH", message);
  }
  if (!verify(publicKeyOf(validator), receiptDigest(receipt), validatorSignature)) {
    throw invalid("its validator did not sign it");
  }
}

/** Whether an offer may take the place of what is stored. @throws CodedError SHARD_FOREIGN, SHARD_STORED */
export function checkRenewal(
  offered: OfferedReceipt["receipt"],
  stored: OfferedReceipt["receipt"] | undefined,
): void {
  if (stored === undefined) return;
  if (stored.validator !== offered.validator) {
    const message = "the shard is held for another validator";
    throw new CodedError<MinerCode>("SHARD_FOREIGN", message);
  }
  const isOther = stored.size !== offered.size || compareBytes(stored.root, offered.root) !== 0;
  if (isOther || stored.expiresBlock > offered.expiresBlock) {
    const message = "the shard is held with other bytes, or for longer: what we signed for stays";
    throw new CodedError<StorageCode>("SHARD_STORED", message);
  }
}

function invalid(reason: string): CodedError<StorageCode> {
  return new CodedError("RECEIPT_INVALID", `the receipt was not signed: ${reason}`);
}
