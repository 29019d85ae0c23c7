import { verifySr25519Fast } from "@neurond/crypto";
import { canonicalJson, type Hex, toBlockNumber, toHex } from "@neurond/primitives";
import type { OwnedShard } from "@neurond/store";
import {
  isReceiptSigned,
  parseSignedReceipt,
  receiptDigest,
  recordSignedReceipt,
} from "@neurond/workload-storage";
import { forEachLimited } from "../for-each-limited.ts";
import type { FileLives } from "../ports/file-lives.ts";
import type { MinerClient } from "./miner-client.ts";
import type { MinerView } from "./miner-view.ts";
import type { PassDeps } from "./pass-shard.ts";

/** What renewing needs. */
export interface RenewDeps extends Pick<PassDeps, "identity" | "ttlBlocks" | "head"> {
  readonly lives: FileLives;
  readonly miners: MinerView;
  readonly client: MinerClient;
}

/** What became of the shards of a file; those of `failed` still end when they did. */
export interface Renewal {
  readonly expires: number;
  readonly renewed: readonly Hex[];
  readonly failed: readonly Hex[];
}

const AT_ONCE = 4;

/**
 * Asks the miners of a file to hold its shards for another term from now on. Each receipt is signed
 * anew by both sides; a miner knows the bytes by their root, which it proved to hold.
 */
export async function renewFile(
  deps: RenewDeps,
  shards: readonly OwnedShard[],
  signal: AbortSignal,
): Promise<Renewal> {
  const { ttlBlocks, head } = deps;
  const expires = head() + ttlBlocks;
  const [renewed, failed]: [Hex[], Hex[]] = [[], []];
  await forEachLimited(shards, AT_ONCE, signal, async (shard) => {
    const isRenewed = await renewShard(deps, shard, expires, signal).catch(() => {
      signal.throwIfAborted();
      return false;
    });
    (isRenewed ? renewed : failed).push(shard.shardId);
  });
  return { expires, renewed, failed };
}

async function renewShard(
  { identity, lives, miners, client }: RenewDeps,
  { shardId, miner: holder, receipt: text }: OwnedShard,
  expiresBlock: number,
  signal: AbortSignal,
): Promise<boolean> {
  const miner = (await miners(signal)).get(holder);
  if (miner === undefined) return false;
  const receipt = { ...parseSignedReceipt(JSON.parse(text)).receipt, expiresBlock };
  const validatorSignature = identity.signer.sign(receiptDigest(receipt));
  const offer = { receipt, validatorSignature };
  const minerSignature = await client.renew(miner, offer, signal);
  const signed = { receipt, validatorSignature, minerSignature };
  if (!isReceiptSigned(signed, verifySr25519Fast) || toHex(receipt.shardId) !== shardId)
    return false;
  const record = canonicalJson(recordSignedReceipt(signed));
  await lives.renew(shardId, toBlockNumber(expiresBlock), record);
  return true;
}
