import { CodedError, fromHex, toHex } from "@neurond/primitives";
import { z } from "zod";
import type { StorageCode } from "./errors.ts";
import { bytesOf, field } from "./fields.ts";
import { MAX_SHARD_BYTES } from "./limits.ts";
import type { Receipt, SignedReceipt } from "./receipt.ts";

/** A receipt as it is recorded, kept beside its shard and sent. */
export const ReceiptRecord = z.strictObject({
  netuid: field.netuid,
  validator: field.hotkey,
  miner: field.hotkey,
  shard_id: field.hash,
  root: field.hash,
  size: z.int().min(1).max(MAX_SHARD_BYTES),
  stored_block: field.count,
  expires_block: field.count,
  vector: z.exactOptional(
    z.strictObject({
      suite: z.union([z.literal(1), z.literal(2)]),
      sectors: field.u32,
      root: field.hash,
    }),
  ),
  tokens: z.exactOptional(z.strictObject({ count: field.u32, root: field.hash })),
});
export type ReceiptRecord = z.infer<typeof ReceiptRecord>;

/** A receipt with both signatures, as it is recorded. */
export const SignedReceiptRecord = z.strictObject({
  receipt: ReceiptRecord,
  validator_signature: field.signature,
  miner_signature: field.signature,
});
export type SignedReceiptRecord = z.infer<typeof SignedReceiptRecord>;

/** The recorded form of a receipt. */
export function recordReceipt(receipt: Receipt): ReceiptRecord {
  const { netuid, validator, miner, size, vector, tokens } = receipt;
  return {
    netuid,
    validator,
    miner,
    shard_id: toHex(receipt.shardId),
    root: toHex(receipt.root),
    size,
    stored_block: receipt.storedBlock,
    expires_block: receipt.expiresBlock,
    ...(vector && { vector: { ...vector, root: toHex(vector.root) } }),
    ...(tokens && { tokens: { ...tokens, root: toHex(tokens.root) } }),
  };
}

/** The receipt of a recorded form. */
export function receiptOf(record: ReceiptRecord): Receipt {
  const { netuid, validator, miner, size, vector, tokens } = record;
  return {
    netuid,
    validator,
    miner,
    shardId: bytesOf(record.shard_id),
    root: bytesOf(record.root),
    size,
    storedBlock: record.stored_block,
    expiresBlock: record.expires_block,
    ...(vector && { vector: { ...vector, root: bytesOf(vector.root) } }),
    ...(tokens && { tokens: { ...tokens, root: bytesOf(tokens.root) } }),
  };
}

/** The recorded form of a receipt with its signatures. */
export function recordSignedReceipt(signed: SignedReceipt): SignedReceiptRecord {
  return {
    receipt: recordReceipt(signed.receipt),
    validator_signature: toHex(signed.validatorSignature),
    miner_signature: toHex(signed.minerSignature),
  };
}

/**
 * Reads a recorded receipt of any origin; whether its signatures hold is another question.
 * @throws CodedError RECEIPT_INVALID
 */
export function parseSignedReceipt(value: unknown): SignedReceipt {
  const parsed = SignedReceiptRecord.safeParse(value);
  if (!parsed.success) {
    throw new CodedError<StorageCode>("RECEIPT_INVALID", "this is not a receipt of this version");
  }
  const { receipt, validator_signature, miner_signature } = parsed.data;
  return {
    receipt: receiptOf(receipt),
    validatorSignature: fromHex(validator_signature),
    minerSignature: fromHex(miner_signature),
  };
}
