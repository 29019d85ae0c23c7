import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { fromHex, hotkeyOf, toHex, toNetuid } from "@neurond/primitives";
import { expect, test } from "vitest";
import {
  answerDigest,
  auditInventory,
  isReceiptSigned,
  type Receipt,
  receiptDigest,
  type SignedReceipt,
  verdictDigest,
} from "../src/index.ts";
import { identNamed } from "./test-data.ts";
import vectors from "./vectors/signed-digests.json" with { type: "json" };

const { identity } = vectors;
const receipt: Receipt = {
  netuid: toNetuid(identity.netuid),
  validator: hotkeyOf(fromHex(identity.validator)),
  miner: hotkeyOf(fromHex(identity.miner)),
  shardId: fromHex(vectors.shardId),
  root: fromHex(vectors.root),
  size: vectors.size,
  storedBlock: vectors.storedBlock,
  expiresBlock: vectors.expiresBlock,
};

test("receipts have the published digests", () => {
  expect(toHex(receiptDigest(receipt))).toBe(`0x${vectors.receiptPlain}`);
  const { count, root } = vectors.tokens;
  const tokens = { count, root: fromHex(root) };
  expect(toHex(receiptDigest({ ...receipt, tokens }))).toBe(`0x${vectors.receiptWithTokens}`);
  const { sectors, rootIdent } = vectors.vector;
  const vector = { suite: 2, sectors, root: identNamed(rootIdent) } as const;
  expect(toHex(receiptDigest({ ...receipt, vector }))).toBe(`0x${vectors.receiptWithVector}`);
});

test("every field of a receipt is in its digest", () => {
  const root = identNamed("vectors");
  const others: readonly Receipt[] = [
    receipt,
    { ...receipt, netuid: toNetuid(22) },
    { ...receipt, validator: receipt.miner },
    { ...receipt, miner: receipt.validator },
    { ...receipt, shardId: identNamed("other") },
    { ...receipt, root: identNamed("other") },
    { ...receipt, size: receipt.size + 1 },
    { ...receipt, storedBlock: receipt.storedBlock + 1 },
    { ...receipt, expiresBlock: receipt.expiresBlock + 1 },
    { ...receipt, vector: { suite: 1, sectors: 64, root } },
    { ...receipt, vector: { suite: 2, sectors: 64, root } },
    { ...receipt, vector: { suite: 2, sectors: 4, root } },
    { ...receipt, tokens: { count: 64, root } },
  ];
  expect(new Set(others.map((each) => toHex(receiptDigest(each)))).size).toBe(others.length);
});

test("answers and verdicts have the published digests", () => {
  const [challenge, response] = [fromHex(vectors.seed), fromHex(vectors.responseHash)];
  expect(toHex(answerDigest(challenge, response))).toBe(`0x${vectors.answer}`);
  const { sentMs, receivedMs } = vectors.verdict;
  const claim = { challenge, response, verdict: 1, sentMs, receivedMs } as const;
  expect(toHex(verdictDigest(claim))).toBe(`0x${vectors.verdict.digest}`);
});

const validator = keypairFromUri("//Alice");
const miner = keypairFromUri("//Bob");
const parties = {
  netuid: toNetuid(1),
  validator: hotkeyOf(validator.publicKey),
  miner: hotkeyOf(miner.publicKey),
};

function signedReceipt(change: Partial<Receipt> = {}): SignedReceipt {
  const signed = { ...receipt, ...parties, ...change };
  const digest = receiptDigest(signed);
  return {
    receipt: signed,
    validatorSignature: validator.sign(digest),
    minerSignature: miner.sign(digest),
  };
}

test("a receipt needs both signatures, over all of it", () => {
  const signed = signedReceipt();
  expect(isReceiptSigned(signed, verifySr25519Fast)).toBe(true);
  for (const forged of [
    { ...signed, minerSignature: signed.validatorSignature },
    { ...signed, validatorSignature: signed.minerSignature },
    { ...signed, receipt: { ...signed.receipt, size: signed.receipt.size + 1 } },
    { ...signed, minerSignature: new Uint8Array(64) },
  ]) {
    expect(isReceiptSigned(forged, verifySr25519Fast)).toBe(false);
  }
});

test("inventory and receipts are compared both ways", () => {
  const block = receipt.storedBlock + 1;
  const other = signedReceipt({ shardId: identNamed("other shard") });
  const expired = signedReceipt({ shardId: identNamed("expired"), expiresBlock: block });
  const gone = signedReceipt({ shardId: identNamed("deleted") });
  const unsigned = { ...signedReceipt(), minerSignature: new Uint8Array(64) };
  const audit = (entries: readonly Receipt[], receipts: readonly SignedReceipt[]) =>
    auditInventory(
      { ...parties, entries, receipts, deleted: [gone.receipt.shardId], block },
      verifySr25519Fast,
    ).map(({ reason }) => reason);

  const signed = signedReceipt();
  expect(audit([signed.receipt], [signed, expired, gone])).toEqual([]);
  expect(audit([signed.receipt], [signed, other])).toEqual(["INVENTORY_OMITS"]);
  expect(audit([signed.receipt, other.receipt], [signed])).toEqual(["RECEIPT_MISSING"]);
  expect(audit([signed.receipt], [unsigned])).toEqual(["RECEIPT_MISSING"]);
  expect(audit([{ ...signed.receipt, size: 1 }], [signed])).toEqual(["RECEIPT_MISSING"]);
});
