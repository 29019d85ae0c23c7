import { pedersenSuite, verifySr25519Fast } from "@neurond/crypto";
import { fromHex } from "@neurond/primitives";
import { type Receipt, receiptDigest } from "@neurond/workload-storage";
import {
  encodeOffer,
  newerReceiptPath,
  RECEIPT_PARAMETER,
  shardNameOf,
} from "@neurond/workload-storage/io";
import { VectorCommitter } from "@neurond/workload-storage/opening";
import { expect, test } from "vitest";
import {
  minerKey,
  type Offer,
  offer,
  put,
  send,
  serveMiner,
  type TestMiner,
  targetOf,
  validator,
} from "./harness.ts";

const renew = (at: TestMiner, receipt: Receipt) => {
  const validatorSignature = validator.sign(receiptDigest(receipt));
  const text = encodeOffer({ receipt, validatorSignature });
  const target = `${newerReceiptPath(receipt.shardId)}?${RECEIPT_PARAMETER}=${text}`;
  return send(at, { method: "PUT", target });
};

function vectorOf({ bytes }: Offer) {
  const committer = new VectorCommitter({ suite: pedersenSuite(2), sectors: 4, blinding: null });
  committer.update(bytes);
  return { suite: 2, sectors: 4, root: committer.finish().root } as const;
}

test("a receipt that commits to a shard's blocks is signed when they are its own, after the bytes came", async () => {
  await using at = await serveMiner({ storage: { checkCommitmentsBytes: 1_000 } });
  const [shard, large] = [offer(700), offer(1_001)];
  const vector = vectorOf(shard);
  const committed = { ...shard.receipt, vector };
  const early = { ...shard, receipt: committed, target: targetOf(committed) };
  expect(await put(at, early)).toMatchObject({ status: 400, code: "RECEIPT_INVALID" });
  await put(at, shard);
  await put(at, large);
  const other = { ...vector, root: new Uint8Array(32).fill(7) };
  const refused = { status: 400, code: "RECEIPT_INVALID" };
  expect(await renew(at, { ...shard.receipt, vector: other })).toMatchObject(refused);
  expect(await renew(at, { ...large.receipt, vector })).toMatchObject(refused);
  const tokens = { count: 3, root: new Uint8Array(32).fill(9) };
  const whole = { ...committed, tokens };
  const { status, body } = await renew(at, whole);
  expect(status).toBe(200);
  const { signature } = JSON.parse(Buffer.from(body).toString());
  expect(verifySr25519Fast(minerKey.publicKey, receiptDigest(whole), fromHex(signature))).toBe(
    true,
  );
  const kept = at.shards.receiptOf(shardNameOf(shard.receipt.shardId))?.receipt;
  expect([kept?.vector, kept?.tokens]).toEqual([vector, tokens]);
  // Lost and brought back, under the receipt that was signed.
  await at.shards.markLost(shardNameOf(shard.receipt.shardId));
  const again = { ...shard, receipt: whole, target: targetOf(whole) };
  expect((await put(at, again)).status).toBe(200);
  expect(at.shards.lost.size).toBe(0);
});
